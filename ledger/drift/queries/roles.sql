-- Our roles, who may act as whom, and who has powers over everything.
SELECT 'ours', 'role ' || rolname, 'attributes', concat_ws(', ',
    CASE WHEN rolcanlogin THEN 'login' ELSE 'no login' END,
    CASE WHEN rolinherit THEN 'inherits' ELSE 'does not inherit' END,
    CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' END)
FROM pg_catalog.pg_roles WHERE rolname ~ '^therapist_'
UNION ALL
SELECT 'here', 'role ' || r.rolname, 'power ' || p.power, 'yes'
FROM pg_catalog.pg_roles r, LATERAL (VALUES ('SUPERUSER', r.rolsuper), ('CREATEROLE', r.rolcreaterole),
    ('REPLICATION', r.rolreplication), ('BYPASSRLS', r.rolbypassrls)) AS p (power, has)
WHERE p.has AND r.rolname !~ '^(therapist|pg)_'
UNION ALL
SELECT CASE WHEN m.rolname ~ '^therapist_' THEN 'ours' ELSE 'here' END,
       'role ' || m.rolname, 'member of ' || g.rolname,
       CASE WHEN bool_or(a.admin_option) THEN 'and may grant it' ELSE 'yes' END
FROM pg_catalog.pg_auth_members a
JOIN pg_catalog.pg_roles m ON m.oid = a.member JOIN pg_catalog.pg_roles g ON g.oid = a.roleid
WHERE (m.rolname ~ '^therapist_' OR g.rolname ~ '^therapist_'
       OR g.rolname ~ '^pg_(read|write)_(all_data|server_files)$'
       OR g.rolname IN ('pg_execute_server_program', 'pg_maintain'))
  AND (m.rolname, g.rolname) <> ('therapist_monitor', 'pg_monitor')
GROUP BY m.rolname, g.rolname
UNION ALL
SELECT 'here', coalesce('role ' || r.rolname, 'database'), 'setting ' || split_part(c.setting, '=', 1),
       substring(c.setting FROM position('=' IN c.setting) + 1)
FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole,
     LATERAL unnest(s.setconfig) AS c (setting)
WHERE (s.setrole = 0 OR r.rolname ~ '^therapist_') AND (s.setdatabase = 0 OR s.setdatabase = (
    SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
