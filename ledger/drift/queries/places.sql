-- The database, its schemas, and what objects made in them will be granted.
SELECT CASE WHEN CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END ~ '^(therapist_|PUBLIC)' THEN 'ours' ELSE 'here' END, 'database', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database() AND a.grantee <> d.datdba GROUP BY a.grantee, a.privilege_type
UNION ALL
SELECT 'here', 'database', 'owner', datdba::regrole::text
FROM pg_catalog.pg_database WHERE datname = current_database()
UNION ALL
SELECT 'ours', 'schema ' || n.nspname, 'stands', 'yes'
FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT CASE WHEN n.nspname = 'public' THEN 'here' ELSE 'ours' END,
       'schema ' || n.nspname, 'owner', n.nspowner::regrole::text
FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT 'ours', 'schema ' || n.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_namespace n, LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.grantee <> n.nspowner GROUP BY n.nspname, a.grantee, a.privilege_type
UNION ALL
SELECT CASE WHEN d.defaclrole::regrole::text ~ '^therapist_' THEN 'ours' ELSE 'here' END,
       'default privileges of ' || d.defaclrole::regrole::text, concat_ws(' ', CASE d.defaclobjtype
           WHEN 'r' THEN 'tables' WHEN 'f' THEN 'functions' WHEN 'S' THEN 'sequences'
           WHEN 'T' THEN 'types' ELSE 'schemas' END, 'in ' || n.nspname) || ': ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ' may ' || a.privilege_type, CASE WHEN bool_or(a.is_grantable) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace,
     LATERAL aclexplode(d.defaclacl) a WHERE a.grantee <> d.defaclrole
GROUP BY d.defaclrole, d.defaclobjtype, n.nspname, a.grantee, a.privilege_type
UNION ALL
SELECT CASE WHEN d.defaclrole::regrole::text ~ '^therapist_' THEN 'ours' ELSE 'here' END,
       'default privileges of ' || d.defaclrole::regrole::text,
       'set for ' || d.defaclobjtype::text || coalesce(' in ' || n.nspname, ''), 'yes'
FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
