"""Statements that nobody who runs the service may have a way to say."""

# Each is tried as every role; what a role may do by design is listed in ALLOWED.
HOSTILE = (
    "UPDATE ledger.events SET body = body",
    "UPDATE ledger.events SET leaf = '\\x00' WHERE position = 0",
    "DELETE FROM ledger.events",
    "TRUNCATE ledger.events",
    "TRUNCATE ledger.events CASCADE",
    "INSERT INTO ledger.events SELECT * FROM ledger.events",
    (
        "INSERT INTO ledger.events SELECT * FROM ledger.events"
        " ON CONFLICT (practice_id, position) DO UPDATE SET body = excluded.body"
    ),
    (
        "MERGE INTO ledger.events e USING ledger.events s ON e.position = s.position"
        " WHEN MATCHED THEN UPDATE SET body = s.body"
    ),
    "UPDATE ledger.heads SET size = 1",
    "DELETE FROM ledger.heads",
    "DELETE FROM ledger.tiles",
    "UPDATE ledger.edges SET hashes = ''",
    "DELETE FROM ledger.edges",
    "UPDATE ledger.slots SET salt = salt",
    "UPDATE ledger.slot_signatures SET signature = signature",
    "DELETE FROM ledger.slot_signatures",
    "INSERT INTO ledger.slot_signatures VALUES (9, 9, '')",
    "DELETE FROM ledger.epochs",
    "UPDATE ledger.checkpoints SET note = note",
    "DELETE FROM ledger.commands",
    "DELETE FROM ledger.timestamps",
    "INSERT INTO ledger.timestamps VALUES (9, '1', '')",
    "INSERT INTO ledger.gates SELECT practice_id, 'baa', 0, true FROM ledger.heads",
    "INSERT INTO ledger.event_types VALUES ('anything', '{}', NULL, NULL)",
    "UPDATE ledger.event_types SET needs = '{}'",
    "UPDATE ledger.identity SET name = 'another'",
    "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
    "ALTER TABLE ledger.events DISABLE TRIGGER no_change",
    "ALTER TABLE ledger.events ADD COLUMN note text",
    "ALTER TABLE ledger.events OWNER TO CURRENT_USER",
    "DROP TABLE ledger.events",
    "DROP TRIGGER no_change ON ledger.events",
    "DROP FUNCTION ledger.refuse_change() CASCADE",
    "DROP SCHEMA ledger CASCADE",
    (
        "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    ),
    "ALTER FUNCTION ledger.lock_head(uuid) SECURITY INVOKER",
    "CREATE FUNCTION ledger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    (
        "CREATE TRIGGER mine BEFORE INSERT ON ledger.events"
        " FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()"
    ),
    "CREATE RULE mine AS ON INSERT TO ledger.events DO INSTEAD NOTHING",
    "GRANT ALL ON ledger.events TO CURRENT_USER",
    "GRANT therapist_owner TO CURRENT_USER",
    "GRANT EXECUTE ON FUNCTION ledger.begin_log(uuid, bigint, bytea, bytea, bigint) TO PUBLIC",
    "SET ROLE therapist_owner",
    "SET SESSION AUTHORIZATION therapist_owner",
    "SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "CREATE ROLE mine SUPERUSER",
    "ALTER DEFAULT PRIVILEGES FOR ROLE therapist_owner GRANT ALL ON TABLES TO PUBLIC",
    "REASSIGN OWNED BY therapist_owner TO CURRENT_USER",
    "DROP OWNED BY therapist_owner",
    "COPY ledger.events FROM PROGRAM 'true'",
    "COPY ledger.heads TO PROGRAM 'cat'",
    "COPY ledger.heads TO '/var/lib/heads'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('PG_VERSION')",
    "CREATE TABLE public.mine (a int)",
    "CREATE SCHEMA mine",
    "SELECT ledger.begin_log(gen_random_uuid(), 0, '', '', 0)",
    "SELECT ledger.pass_gates(gen_random_uuid(), 0, '{}')",
    "DELETE FROM keys.record_keys",
    "UPDATE keys.record_keys SET wrapped = NULL",
    "INSERT INTO keys.record_keys SELECT * FROM keys.record_keys",
    "TRUNCATE keys.record_keys",
    "UPDATE keys.generation SET generation = 0",
)
# What one role must not do, though another may.
FORBIDDEN_TO = {
    "therapist_service": (
        "SELECT keys.destroy(gen_random_uuid(), gen_random_uuid(), 0)",
        "DELETE FROM views.tracking",
        "UPDATE views.tracking SET position = 0",
    ),
    "therapist_projector": (
        "SELECT * FROM keys.record_keys",
        "SELECT * FROM ledger.commands",
        "SELECT ledger.lock_head(gen_random_uuid())",
        "SELECT ledger.name_ledger('another')",
    ),
    "therapist_retention": (
        "SELECT * FROM ledger.events",
        "SELECT body FROM ledger.events",
        "SELECT * FROM ledger.heads",
        "SELECT * FROM views.tracking",
        "SELECT ledger.lock_head(gen_random_uuid())",
    ),
    "therapist_auditor": (
        "SELECT * FROM keys.record_keys",
        "SELECT * FROM keys.epochs",
        "SELECT * FROM views.tracking",
        "SELECT ledger.lock_head(gen_random_uuid())",
        "SELECT ledger.publish_checkpoint(1, '', '{}', '{}', '{}')",
        "SELECT ledger.add_timestamp(1, '1', '')",
    ),
}
