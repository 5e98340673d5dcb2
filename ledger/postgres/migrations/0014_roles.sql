-- ledger and vault
-- A role for each kind of work. Pages and commands speak as the service, which sees one practice at
-- a time; what has to see all of them does one thing each, and takes no words from outside.
-- Runs as the admin login first, because roles belong to the whole server.

RESET ROLE;
DO $$
DECLARE
    wanted record;
    is_superuser boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('therapist_writer', false),
            ('therapist_sealer', false),
            ('therapist_supervisor_reader', false),
            ('therapist_checker', true),
            ('therapist_backup', true),
            ('therapist_monitor', true)
        ) AS r(name, is_for_vault)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION',
                               wanted.name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database's migration was first
            END;
        END IF;
        IF NOT is_superuser THEN
            EXECUTE format('GRANT %I TO %I', wanted.name, current_user);
        END IF;
        IF wanted.is_for_vault OR to_regclass('ledger.events') IS NOT NULL THEN
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted.name);
        END IF;
    END LOOP;
    BEGIN
        GRANT pg_monitor TO therapist_monitor;
    EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
        NULL;  -- a managed server's admin may not, or another database's migration was first
    END;
    -- What every login may call unless a superuser takes it back: storing bytes beside our tables,
    -- and holding up others with locks that have no owner.
    IF is_superuser THEN
        FOR wanted IN
            SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace
              AND (p.proname ~ '^lo_' OR p.proname IN ('loread', 'lowrite')
                   OR p.proname ~ '^pg_(try_)?advisory_')
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', wanted.name);
            IF wanted.name::text ~ 'advisory' THEN
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO therapist_owner, therapist_projector,
                                therapist_retention', wanted.name);
            END IF;
        END LOOP;
    END IF;
END
$$;

-- What supervisors are shown: its rows are made by the projector, and nothing else is in it.
CREATE SCHEMA supervisor AUTHORIZATION therapist_projector;

SET LOCAL ROLE therapist_projector;
GRANT USAGE ON SCHEMA supervisor TO therapist_supervisor_reader, therapist_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA supervisor GRANT SELECT ON TABLES
    TO therapist_supervisor_reader, therapist_backup;
GRANT USAGE ON SCHEMA views TO therapist_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA views TO therapist_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA views GRANT SELECT ON TABLES TO therapist_backup;

SET LOCAL ROLE therapist_owner;
GRANT USAGE ON SCHEMA migrations TO therapist_checker, therapist_backup;
GRANT SELECT ON migrations.applied TO therapist_checker, therapist_backup;
