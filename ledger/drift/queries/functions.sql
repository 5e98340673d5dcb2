-- Functions: owner, body, properties, rights.
SELECT 'ours', 'function ' || n.nspname || '.' || o.proname || '('
    || pg_catalog.pg_get_function_identity_arguments(o.oid) || ')', f.name, f.value
FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e') JOIN pg_catalog.pg_language l ON l.oid = o.prolang, LATERAL (VALUES
    ('owner', o.proowner::regrole::text),
    ('body', CASE WHEN o.prosqlbody IS NULL THEN o.prosrc END),
    ('definition', pg_catalog.pg_get_function_sqlbody(o.oid)),
    ('properties', concat_ws(', ', l.lanname, 'returns ' || pg_catalog.pg_get_function_result(o.oid),
        CASE WHEN o.prosecdef THEN 'SECURITY DEFINER' END, CASE o.provolatile WHEN 'i' THEN 'immutable'
            WHEN 's' THEN 'stable' ELSE 'volatile' END, 'parallel ' || o.proparallel::text,
        CASE WHEN o.proisstrict THEN 'strict' END, CASE WHEN o.proleakproof THEN 'LEAKPROOF' END,
        array_to_string(o.proconfig, ', ')))
) AS f (name, value) WHERE f.value IS NOT NULL
UNION ALL
SELECT 'ours', 'function ' || n.nspname || '.' || o.proname || '('
    || pg_catalog.pg_get_function_identity_arguments(o.oid) || ')', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.objid = o.oid AND d.deptype = 'e'), LATERAL aclexplode(coalesce(o.proacl, acldefault('f', o.proowner))) a
WHERE a.grantee <> o.proowner
GROUP BY n.nspname, o.proname, pg_catalog.pg_get_function_identity_arguments(o.oid),
         a.grantee, a.privilege_type
