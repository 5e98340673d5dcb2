-- What else could act in this database or read from it.
SELECT 'here', 'extension ' || extname, 'owner', extowner::regrole::text FROM pg_catalog.pg_extension
UNION ALL
SELECT 'here', 'event trigger ' || evtname, 'runs',
       evtevent || ' ' || evtenabled::text || ' ' || evtfoid::regprocedure::text
FROM pg_catalog.pg_event_trigger
UNION ALL
SELECT 'here', 'publication ' || pubname, 'owner', pubowner::regrole::text FROM pg_catalog.pg_publication
UNION ALL
SELECT 'here', 'foreign server ' || srvname, 'owner', srvowner::regrole::text
FROM pg_catalog.pg_foreign_server
