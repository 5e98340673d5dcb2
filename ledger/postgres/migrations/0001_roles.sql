-- ledger and vault
-- Roles, schemas and what PUBLIC loses; the only migration that runs as the admin login.
-- Works for a superuser and for an admin that owns the database and has CREATEROLE.

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('therapist_owner', false),
            ('therapist_service', true),
            ('therapist_projector', true),
            ('therapist_retention', true),
            ('therapist_auditor', true)
        ) AS r(name, may_login)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format(
                    'CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION',
                    wanted.name, CASE WHEN wanted.may_login THEN 'LOGIN' ELSE 'NOLOGIN' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                -- Roles belong to the whole server: another database's migration was first.
                NULL;
            END;
        END IF;
        -- A superuser may act as anybody; a lesser admin must be made a member first.
        IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
            EXECUTE format('GRANT %I TO %I', wanted.name, current_user);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted.name);
    END LOOP;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO therapist_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

CREATE SCHEMA ledger AUTHORIZATION therapist_owner;
CREATE SCHEMA keys AUTHORIZATION therapist_owner;
CREATE SCHEMA migrations AUTHORIZATION therapist_owner;
CREATE SCHEMA views AUTHORIZATION therapist_projector;

-- New functions may be run by PUBLIC, and only a default for the whole role takes that back.
ALTER DEFAULT PRIVILEGES FOR ROLE therapist_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE therapist_projector REVOKE ALL ON FUNCTIONS FROM PUBLIC;

SET LOCAL ROLE therapist_owner;
CREATE TABLE migrations.applied (
    number        integer PRIMARY KEY CHECK (number > 0),
    name          text NOT NULL,
    sha256        bytea NOT NULL CHECK (octet_length(sha256) = 32),
    applied_at_us bigint NOT NULL
);
GRANT USAGE ON SCHEMA migrations
    TO therapist_service, therapist_projector, therapist_retention, therapist_auditor;
GRANT SELECT ON migrations.applied
    TO therapist_service, therapist_projector, therapist_retention, therapist_auditor;
RESET ROLE;

SET LOCAL ROLE therapist_projector;
GRANT USAGE ON SCHEMA views TO therapist_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA views GRANT SELECT ON TABLES TO therapist_service;
RESET ROLE;
