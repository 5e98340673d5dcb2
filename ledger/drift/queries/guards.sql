-- Triggers, rules, inheritance and policies.
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'trigger ' || t.tgname, CASE t.tgenabled WHEN 'A' THEN 'always: '
    WHEN 'O' THEN 'origin: ' WHEN 'R' THEN 'replica: ' ELSE 'disabled: ' END
    || pg_catalog.pg_get_triggerdef(t.oid)
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'rule ' || r.rulename, pg_catalog.pg_get_ruledef(r.oid)
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_rewrite r ON r.ev_class = o.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'inherits', i.inhparent::regclass::text
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_inherits i ON i.inhrelid = o.oid
UNION ALL
SELECT 'ours', CASE WHEN o.relkind = 'v' THEN 'view ' WHEN o.relkind IN ('r', 'p') THEN 'table '
    ELSE 'relation ' END || n.nspname || '.' || o.relname, 'policy ' || p.polname, concat_ws(' ',
    CASE WHEN p.polpermissive THEN 'permits' ELSE 'restricts' END, CASE p.polcmd WHEN 'r' THEN 'SELECT'
        WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'everything' END,
    'to', (SELECT string_agg(CASE g.role WHEN 0 THEN 'PUBLIC' ELSE g.role::regrole::text END, ', '
           ORDER BY CASE g.role WHEN 0 THEN 'PUBLIC' ELSE g.role::regrole::text END COLLATE "C")
           FROM unnest(p.polroles) AS g (role)),
    'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    'with check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND o.relkind NOT IN ('i', 'I', 't') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_policy p ON p.polrelid = o.oid
