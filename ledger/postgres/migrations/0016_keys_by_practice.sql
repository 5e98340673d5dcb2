-- vault
-- Record keys by practice: the service reads and makes those of the practices it speaks for. Here
-- the setting may name several, by commas: threads that ask at the same time ask together.

ALTER TABLE keys.record_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE keys.record_keys FORCE ROW LEVEL SECURITY;
-- IS TRUE keeps the practice out of the choice of an index: a plan by practice would walk all of its
-- keys where a key id names one row.
CREATE POLICY own_practice ON keys.record_keys FOR SELECT TO therapist_service USING ((
    practice_id = ANY ((SELECT string_to_array(nullif(
        current_setting('therapist.practice', true), ''), ',')::uuid[])::uuid[])) IS TRUE);
CREATE POLICY every_practice ON keys.record_keys FOR SELECT
    TO therapist_retention, therapist_checker, therapist_backup USING (true);
-- The functions run as the owner; what they let through is checked in them.
CREATE POLICY functions ON keys.record_keys TO therapist_owner USING (true) WITH CHECK (true);

-- The ids of keys destroyed after a generation, of all practices: a cache has to hear of each. An id
-- is random and names nobody.
CREATE FUNCTION keys.destroyed_since(p_generation bigint, p_limit bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.key_id FROM keys.record_keys k WHERE k.destroyed_generation > p_generation LIMIT p_limit
$$;

-- As before, but only for the practices the transaction speaks for.
CREATE OR REPLACE FUNCTION keys.create(
    p_practice uuid[], p_stream uuid[], p_key uuid[], p_wrapped bytea[], p_epoch bigint, p_now_us bigint
) RETURNS SETOF keys.record_keys
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    spoken_for uuid[] := string_to_array(nullif(current_setting('therapist.practice', true), ''), ',');
    found_rows bigint;
BEGIN
    IF NOT coalesce(p_practice <@ spoken_for, false) THEN
        RAISE EXCEPTION 'a key is made for the practice that is spoken for' USING ERRCODE = '42501';
    END IF;
    PERFORM keys.hold_current(p_epoch);
    -- Always in the same order, so that two callers cannot wait for each other.
    INSERT INTO keys.record_keys AS k
           (practice_id, stream_id, key_id, epoch, state, wrapped, created_at_us)
    SELECT n.practice, n.stream, n.key, p_epoch, 'active', n.wrapped, p_now_us
    FROM unnest(p_practice, p_stream, p_key, p_wrapped) AS n (practice, stream, key, wrapped)
    ORDER BY n.practice, n.stream
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT k.* FROM unnest(p_practice, p_stream) AS n (practice, stream)
    JOIN keys.record_keys k ON k.practice_id = n.practice AND k.stream_id = n.stream;
    GET DIAGNOSTICS found_rows = ROW_COUNT;
    IF found_rows <> cardinality(p_practice) THEN
        RAISE EXCEPTION 'a key id was used before' USING ERRCODE = 'LG403';
    END IF;
END $$;

REVOKE ALL ON FUNCTION keys.destroyed_since(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.destroyed_since(bigint, bigint) TO therapist_service;
GRANT USAGE ON SCHEMA keys TO therapist_writer, therapist_checker, therapist_backup;
GRANT SELECT ON keys.generation TO therapist_writer;
GRANT SELECT (practice_id, stream_id, key_id) ON keys.record_keys TO therapist_checker;
GRANT SELECT ON ALL TABLES IN SCHEMA keys TO therapist_backup;
