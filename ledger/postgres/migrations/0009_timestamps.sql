-- Timestamps (RFC 3161) of the root log's checkpoints: added to, never changed.

CREATE TABLE ledger.timestamps (
    size     bigint PRIMARY KEY,
    response bytea NOT NULL CHECK (octet_length(response) BETWEEN 1 AND 65536),
    chain    bytea NOT NULL
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger.timestamps
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.timestamps ENABLE ALWAYS TRIGGER no_change;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.timestamps
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.timestamps ENABLE ALWAYS TRIGGER no_truncate;

-- Sizes only rise, so that the newest timestamp is the one that the next epoch record carries.
CREATE FUNCTION ledger.add_timestamp(new_size bigint, new_response bytea, new_chain bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.timestamps IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM ledger.checkpoints WHERE size = new_size) THEN
        RAISE EXCEPTION 'a timestamp is of a checkpoint' USING ERRCODE = 'LG400';
    END IF;
    IF new_size > (SELECT coalesce(max(size), 0) FROM ledger.timestamps) THEN
        INSERT INTO ledger.timestamps VALUES (new_size, new_response, new_chain);
    END IF;
END $$;

REVOKE ALL ON FUNCTION ledger.add_timestamp(bigint, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.add_timestamp(bigint, bytea, bytea) TO therapist_service;
GRANT SELECT ON ledger.timestamps TO therapist_service, therapist_auditor;
