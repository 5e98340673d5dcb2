-- The signer's signatures of practice logs' checkpoints, one for each slot row that is under a
-- signed root: beside the row, since it is recorded before its epoch is signed and never changes.

CREATE TABLE ledger.slot_signatures (
    slot      bigint NOT NULL,
    epoch     bigint NOT NULL,
    signature bytea NOT NULL CHECK (octet_length(signature) = 64),
    PRIMARY KEY (slot, epoch)
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger.slot_signatures
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.slot_signatures ENABLE ALWAYS TRIGGER no_change;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.slot_signatures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.slot_signatures ENABLE ALWAYS TRIGGER no_truncate;

-- Publishes a signed checkpoint of the root log and, in the same step, the signatures of slots that
-- it covers; the same ones may be published twice, and the first stay.
DROP FUNCTION ledger.publish_checkpoint(bigint, bytea);
CREATE FUNCTION ledger.publish_checkpoint(
    new_size bigint, new_note bytea, s_slot bigint[], s_epoch bigint[], s_signature bytea[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new_size > (SELECT count(*) FROM ledger.epochs) THEN
        RAISE EXCEPTION 'a checkpoint covers what is there' USING ERRCODE = 'LG400';
    END IF;
    IF EXISTS (SELECT FROM unnest(s_slot, s_epoch) AS s (slot, epoch)
               LEFT JOIN ledger.slots l USING (slot, epoch)
               WHERE l.slot IS NULL OR s.epoch >= new_size) THEN
        RAISE EXCEPTION 'a signature is of a slot that the checkpoint covers' USING ERRCODE = 'LG400';
    END IF;
    INSERT INTO ledger.slot_signatures
    SELECT s.slot, s.epoch, s.signature
    FROM unnest(s_slot, s_epoch, s_signature) AS s (slot, epoch, signature)
    ON CONFLICT DO NOTHING;
    INSERT INTO ledger.checkpoints VALUES (new_size, new_note) ON CONFLICT DO NOTHING;
END $$;

REVOKE ALL ON FUNCTION
    ledger.publish_checkpoint(bigint, bytea, bigint[], bigint[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger.publish_checkpoint(bigint, bytea, bigint[], bigint[], bytea[]) TO therapist_service;
GRANT SELECT ON ledger.slot_signatures TO therapist_service, therapist_auditor;
