-- Cosignatures of the root log's checkpoints by witnesses: added to, never changed.

CREATE TABLE ledger.cosignatures (
    size     bigint NOT NULL,
    key_name text NOT NULL,
    key_id   bigint NOT NULL,
    value    bytea NOT NULL CHECK (octet_length(value) = 72),
    PRIMARY KEY (size, key_name, key_id)
);
CREATE INDEX cosignatures_by_key ON ledger.cosignatures (key_name, key_id, size);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger.cosignatures
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.cosignatures ENABLE ALWAYS TRIGGER no_change;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.cosignatures ENABLE ALWAYS TRIGGER no_truncate;

-- The first of a witness for a size stays: a bundle of that size keeps its bytes.
CREATE FUNCTION ledger.add_cosignature(new_size bigint, new_name text, new_id bigint, new_value bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.checkpoints WHERE size = new_size) THEN
        RAISE EXCEPTION 'a cosignature is of a checkpoint' USING ERRCODE = 'LG400';
    END IF;
    INSERT INTO ledger.cosignatures VALUES (new_size, new_name, new_id, new_value)
    ON CONFLICT DO NOTHING;
END $$;

REVOKE ALL ON FUNCTION ledger.add_cosignature(bigint, text, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.add_cosignature(bigint, text, bigint, bytea) TO therapist_service;
GRANT SELECT ON ledger.cosignatures TO therapist_service, therapist_auditor;
