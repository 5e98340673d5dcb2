-- Tables and views: owner, row-level security, rights; the owner's own rights are left out.
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, f.name, f.value FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e'), LATERAL (VALUES
    ('owner', o.relowner::regrole::text),
    ('kind', concat_ws(' ', o.relkind::text, o.relpersistence::text, array_to_string(o.reloptions, ' '))),
    ('row-level security', CASE WHEN o.relrowsecurity THEN 'enabled' ELSE 'disabled' END
        || CASE WHEN o.relforcerowsecurity THEN ', forced' ELSE ', not forced' END),
    ('definition', CASE WHEN o.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(o.oid) END)
) AS f (name, value) WHERE f.value IS NOT NULL
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e'), LATERAL aclexplode(coalesce(o.relacl,
    acldefault(CASE o.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, o.relowner))) a
WHERE a.grantee <> o.relowner GROUP BY o.relkind, n.nspname, o.relname, a.grantee, a.privilege_type
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type || ' (' || c.attname || ')', CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_attribute c ON c.attrelid = o.oid, LATERAL aclexplode(c.attacl) a
WHERE a.grantee <> o.relowner
GROUP BY o.relkind, n.nspname, o.relname, c.attname, a.grantee, a.privilege_type
