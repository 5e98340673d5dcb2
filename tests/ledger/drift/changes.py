"""Ways in which a database drifts, each with what has to be said of it and how it is taken back."""

from typing import Final, NamedTuple


class Change(NamedTuple):
    """Statements of a superuser, a part of the line that must follow, and what undoes the rest.

    Only what belongs to the whole server has to be undone: the database is thrown away.
    """

    statements: str
    said: str
    undo: str = ""


APPEND: Final = """ledger.append(uuid[], bigint[], bytea[], bytea[], bigint[],
    integer[], bigint[], boolean[], bytea[], bytea[])"""
CHANGES: Final = (
    Change(
        "ALTER TABLE ledger.events DISABLE TRIGGER no_change",
        "table ledger.events: trigger no_change was always: ",
    ),
    Change(
        "ALTER TABLE ledger.events ENABLE TRIGGER no_truncate",
        "is origin: CREATE TRIGGER no_truncate",
    ),
    Change(
        "ALTER TABLE keys.record_keys ENABLE REPLICA TRIGGER guard",
        "is replica: CREATE TRIGGER guard",
    ),
    Change("DROP TRIGGER no_change ON ledger.commands", "table ledger.commands: trigger no_change"),
    Change(
        "CREATE TRIGGER mine BEFORE INSERT ON ledger.events"
        " FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
        "table ledger.events: trigger mine",
    ),
    Change("CREATE RULE mine AS ON INSERT TO ledger.events DO INSTEAD NOTHING", "rule mine"),
    Change(
        "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END'",
        "function ledger.refuse_change(): body was sha256 ",
    ),
    Change(
        "CREATE OR REPLACE FUNCTION ledger.type_of(leaf bytea) RETURNS text"
        " LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'session-logged.v1'",
        "function ledger.type_of(leaf bytea): definition was",
    ),
    Change("ALTER FUNCTION ledger.lock_head(uuid) RESET ALL", "properties was sql"),
    Change(f"ALTER FUNCTION {APPEND} SECURITY INVOKER", "properties was plpgsql"),
    Change(
        "ALTER FUNCTION ledger.name_ledger(text) OWNER TO postgres", "owner was therapist_owner"
    ),
    Change("CREATE FUNCTION ledger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "is new"),
    Change("DROP FUNCTION keys.fence(uuid, uuid, uuid, bigint, bytea, bigint)", "is gone"),
    Change(
        "GRANT SELECT ON ledger.events TO therapist_supervisor_reader",
        "table ledger.events: therapist_supervisor_reader may SELECT is new",
    ),
    Change(
        "GRANT SELECT (body) ON ledger.events TO therapist_auditor",
        "therapist_auditor may SELECT (body) is new",
    ),
    Change(
        "GRANT SELECT (wrapped) ON keys.record_keys TO therapist_checker",
        "therapist_checker may SELECT (wrapped) is new",
    ),
    Change(f"GRANT EXECUTE ON FUNCTION {APPEND} TO PUBLIC", "PUBLIC may EXECUTE is new"),
    Change(
        "REVOKE SELECT ON ledger.heads FROM therapist_service",
        "therapist_service may SELECT is gone",
    ),
    Change(
        "GRANT SELECT ON ledger.heads TO therapist_service WITH GRANT OPTION", "and may grant it"
    ),
    Change(
        "GRANT CREATE ON SCHEMA ledger TO therapist_service", "schema ledger: therapist_service"
    ),
    Change("GRANT CREATE ON SCHEMA public TO PUBLIC", "schema public: PUBLIC may CREATE is new"),
    Change("CREATE POLICY mine ON ledger.events USING (true)", "policy mine (permits everything"),
    Change("DROP POLICY own_practice ON ledger.heads", "table ledger.heads: policy own_practice"),
    Change("ALTER POLICY own_practice ON ledger.events USING (true)", "using true; practices"),
    Change(
        "ALTER POLICY own_practice ON keys.record_keys TO therapist_service, therapist_monitor",
        "to therapist_monitor, therapist_service",
    ),
    Change(
        "ALTER TABLE ledger.events NO FORCE ROW LEVEL SECURITY",
        "row-level security was enabled, forced, is enabled, not forced",
    ),
    Change("ALTER TABLE ledger.slots DISABLE ROW LEVEL SECURITY", "is disabled, forced"),
    Change(
        "ALTER TABLE ledger.slot_signatures DISABLE ROW LEVEL SECURITY",
        "table ledger.slot_signatures: row-level security was enabled, forced",
    ),
    Change(
        "ALTER TABLE ledger.slot_signatures DISABLE TRIGGER no_change",
        "table ledger.slot_signatures: trigger no_change was always: ",
    ),
    Change(
        "GRANT EXECUTE ON FUNCTION ledger.publish_checkpoint(bigint, bytea, bigint[], bigint[],"
        " bytea[]) TO therapist_service",
        "therapist_service may EXECUTE is new",
    ),
    Change("DROP POLICY own_practice ON views.trail", "table views.trail: policy own_practice"),
    Change(
        "DROP POLICY own_supervisees ON supervisor.week_rows",
        "table supervisor.week_rows: policy own_supervisees",
    ),
    Change(
        "ALTER TABLE supervisor.week_rows DISABLE ROW LEVEL SECURITY",
        "table supervisor.week_rows: row-level security was enabled, forced",
    ),
    Change(
        "GRANT SELECT ON supervisor.week_rows TO therapist_service",
        "table supervisor.week_rows: therapist_service may SELECT is new",
    ),
    Change("ALTER TABLE views.therapist_entries NO FORCE ROW LEVEL SECURITY", "not forced"),
    Change(
        "GRANT SELECT ON views.trail TO therapist_supervisor_reader", "table views.trail: therap"
    ),
    Change("ALTER VIEW ledger.open_gates RESET (security_invoker)", "view ledger.open_gates: kind"),
    Change("CREATE VIEW ledger.mine AS SELECT * FROM ledger.events", "view ledger.mine: is new"),
    Change("CREATE TABLE public.mine AS SELECT * FROM ledger.heads", "table public.mine: is new"),
    Change("CREATE SCHEMA mine", "schema mine: is new"),
    Change("ALTER TABLE ledger.events OWNER TO postgres", "owner was therapist_owner, is postgres"),
    Change("ALTER SCHEMA keys OWNER TO postgres", "schema keys: owner was therapist_owner"),
    Change("ALTER TABLE ledger.heads DROP CONSTRAINT heads_slot_key", "constraint heads_slot_key"),
    Change("CREATE INDEX mine ON ledger.events (leaf)", "table ledger.events: index mine"),
    Change("ALTER TABLE ledger.events ADD COLUMN note text", "column note"),
    Change(
        "ALTER TABLE ledger.events ALTER COLUMN leaf DROP NOT NULL", "column leaf was bytea not"
    ),
    Change(
        "ALTER DEFAULT PRIVILEGES FOR ROLE therapist_owner GRANT ALL ON TABLES TO PUBLIC",
        "default privileges of therapist_owner: tables: PUBLIC may",
    ),
    Change(
        "DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database());"
        " END $$",
        "database: PUBLIC may TEMPORARY is new",
    ),
    Change(
        "GRANT therapist_owner TO therapist_service",
        "role therapist_service: member of therapist_owner is new",
        "REVOKE therapist_owner FROM therapist_service",
    ),
    Change(
        "CREATE ROLE planted IN ROLE therapist_retention",
        "role planted: member of therapist_retention is new; revoke the membership, or accept it",
        "DROP ROLE planted",
    ),
    Change(
        "CREATE ROLE planted SUPERUSER", "role planted: power SUPERUSER is new", "DROP ROLE planted"
    ),
    Change("CREATE ROLE planted IN ROLE pg_read_all_data", "pg_read_all_data", "DROP ROLE planted"),
    Change(
        "ALTER ROLE therapist_service BYPASSRLS",
        "role therapist_service: attributes was login, inherits, is login, inherits, BYPASSRLS",
        "ALTER ROLE therapist_service NOBYPASSRLS",
    ),
    Change(
        "ALTER ROLE therapist_owner LOGIN",
        "role therapist_owner: attributes was no login",
        "ALTER ROLE therapist_owner NOLOGIN",
    ),
    Change(
        "CREATE ROLE therapist_planted",
        "role therapist_planted: is new",
        "DROP ROLE therapist_planted",
    ),
    Change(
        "ALTER ROLE therapist_service SET row_security = off",
        "role therapist_service: setting row_security (off) is new",
        "ALTER ROLE therapist_service RESET row_security",
    ),
    Change(
        "ALTER ROLE therapist_checker SET session_replication_role = replica",
        "setting session_replication_role: is replica, not origin",
        "ALTER ROLE therapist_checker RESET session_replication_role",
    ),
    Change("CREATE PUBLICATION mine FOR ALL TABLES", "publication mine: owner (postgres) is new"),
    Change(
        "CREATE FUNCTION public.mine() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        " CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION public.mine()",
        "event trigger mine: runs",
    ),
    Change("CREATE TYPE ledger.mine AS (a int)", "relation ledger.mine: is new"),
    Change("CREATE TABLE ledger.mine () INHERITS (ledger.events)", "table ledger.mine: is new"),
)
