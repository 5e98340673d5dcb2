-- Columns, constraints and indexes.
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'column ' || c.attname, concat_ws(' ',
    format_type(c.atttypid, c.atttypmod), CASE WHEN c.attnotnull THEN 'not null' END,
    'default ' || pg_catalog.pg_get_expr(e.adbin, e.adrelid), nullif(c.attidentity::text, ''),
    nullif(c.attgenerated::text, ''), 'storage', c.attstorage::text,
    (SELECT 'collation ' || k.collname FROM pg_catalog.pg_collation k WHERE k.oid = c.attcollation
        AND k.collname <> 'default'))
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_attribute c ON c.attrelid = o.oid AND c.attnum > 0 AND NOT c.attisdropped
LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = o.oid AND e.adnum = c.attnum
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'constraint ' || c.conname,
       pg_catalog.pg_get_constraintdef(c.oid) || CASE WHEN c.convalidated THEN '' ELSE ' not valid' END
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_constraint c ON c.conrelid = o.oid AND c.contype NOT IN ('n', 't')
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'index ' || x.relname, pg_catalog.pg_get_indexdef(i.indexrelid)
       || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' not valid' END
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_index i ON i.indrelid = o.oid
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
