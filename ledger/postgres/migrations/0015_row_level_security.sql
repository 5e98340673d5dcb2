-- Row-level security: whoever speaks for a practice reads that practice, whatever is asked.
-- The practice is a setting of the transaction; one that is over leaves '' behind, which is none.

-- As the reader, not as the owner, who sees all practices.
ALTER VIEW ledger.open_gates SET (security_invoker = true);

DO $$
DECLARE
    -- As a sub-select it is read once a statement, not once a row.
    practice constant text := '(SELECT nullif(current_setting(''therapist.practice'', true), '''')::uuid)';
    kept record;
BEGIN
    FOR kept IN SELECT * FROM (VALUES
        ('events', format('practice_id = %s', practice)),
        ('heads', format('practice_id = %s', practice)),
        ('commands', format('practice_id = %s', practice)),
        ('gates', format('practice_id = %s', practice)),
        ('tiles', format('log_id = %s OR log_id = ''00000000-0000-0000-0000-000000000000''', practice)),
        ('edges', format('log_id = %s OR log_id = ''00000000-0000-0000-0000-000000000000''', practice)),
        ('integrated', format('log_id = %s OR log_id = ''00000000-0000-0000-0000-000000000000''', practice)),
        ('slots', format('slot = (SELECT h.slot FROM ledger.heads h WHERE h.practice_id = %s)', practice)),
        ('slot_signatures', format('slot = (SELECT h.slot FROM ledger.heads h WHERE h.practice_id = %s)', practice))
    ) AS t (name, is_own) LOOP
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', kept.name);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', kept.name);
        EXECUTE format('CREATE POLICY own_practice ON ledger.%I FOR SELECT TO therapist_service USING (%s)',
                       kept.name, kept.is_own);
        EXECUTE format('CREATE POLICY every_practice ON ledger.%I FOR SELECT
                        TO therapist_projector, therapist_writer, therapist_sealer, therapist_checker,
                           therapist_auditor, therapist_backup USING (true)', kept.name);
        -- The functions below and in earlier files run as the owner, over several practices at once:
        -- what they let through is checked in them.
        EXECUTE format('CREATE POLICY functions ON ledger.%I TO therapist_owner
                        USING (true) WITH CHECK (true)', kept.name);
    END LOOP;
END $$;

-- Each right to write goes to the one that uses it; pages and commands keep none.
REVOKE EXECUTE ON FUNCTION
    ledger.append(uuid[], bigint[], bytea[], bytea[], bigint[],
                  integer[], bigint[], boolean[], bytea[], bytea[]),
    ledger.lock_head(uuid),
    ledger.integrate(uuid, bigint, bigint, smallint[], bigint[], bytea[], smallint[], bytea[]),
    ledger.add_epoch(bigint, bytea, bigint[], bigint[], bytea[], bytea[]),
    ledger.publish_checkpoint(bigint, bytea, bigint[], bigint[], bytea[]),
    ledger.name_ledger(text),
    ledger.add_timestamp(bigint, bytea, bytea),
    ledger.add_cosignature(bigint, text, bigint, bytea)
    FROM therapist_service;

GRANT USAGE ON SCHEMA ledger
    TO therapist_writer, therapist_sealer, therapist_checker, therapist_backup;
GRANT EXECUTE ON FUNCTION
    ledger.append(uuid[], bigint[], bytea[], bytea[], bigint[],
                  integer[], bigint[], boolean[], bytea[], bytea[]),
    ledger.lock_head(uuid)
    TO therapist_writer;
GRANT SELECT ON ledger.heads, ledger.commands TO therapist_writer;
GRANT SELECT (practice_id, stream_id, version, leaf) ON ledger.events TO therapist_writer;

GRANT EXECUTE ON FUNCTION
    ledger.integrate(uuid, bigint, bigint, smallint[], bigint[], bytea[], smallint[], bytea[]),
    ledger.add_epoch(bigint, bytea, bigint[], bigint[], bytea[], bytea[]),
    ledger.publish_checkpoint(bigint, bytea, bigint[], bigint[], bytea[]),
    ledger.name_ledger(text),
    ledger.add_timestamp(bigint, bytea, bytea),
    ledger.add_cosignature(bigint, text, bigint, bytea)
    TO therapist_sealer;
GRANT SELECT ON ledger.heads, ledger.tiles, ledger.edges, ledger.integrated, ledger.slots,
    ledger.slot_signatures, ledger.epochs, ledger.checkpoints, ledger.timestamps, ledger.cosignatures, ledger.identity
    TO therapist_sealer;
GRANT SELECT (practice_id, position, leaf) ON ledger.events TO therapist_sealer;

GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO therapist_checker, therapist_backup;

REVOKE SELECT ON ledger.events FROM therapist_auditor;
GRANT SELECT (practice_id, position, stream_id, version, leaf) ON ledger.events TO therapist_auditor;

-- The read models: each table is made by the projector, with the same three policies
-- (projections/definitions.py); these are there already.
SET LOCAL ROLE therapist_projector;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'practice_id'
        WHERE c.relnamespace = 'views'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE views.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE views.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_practice ON views.%I FOR SELECT TO therapist_service USING (
            practice_id = (SELECT nullif(current_setting(''therapist.practice'', true), '''')::uuid))', name);
        EXECUTE format('CREATE POLICY projector ON views.%I TO therapist_projector
                        USING (true) WITH CHECK (true)', name);
        EXECUTE format('CREATE POLICY every_practice ON views.%I FOR SELECT TO therapist_backup
                        USING (true)', name);
    END LOOP;
END $$;
SET LOCAL ROLE therapist_owner;

-- Without the accounts and passkeys nobody could sign in to what a backup brings back.
GRANT USAGE ON SCHEMA gate TO therapist_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA gate TO therapist_backup;
