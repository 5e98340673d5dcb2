-- How tiles, epochs and checkpoints get in: each function only ever adds to the end.

-- Adds the tiles of a log that grew; false when another integrator was faster.
CREATE FUNCTION ledger.integrate(
    log uuid, old_size bigint, new_size bigint,
    t_level smallint[], t_index bigint[], t_hashes bytea[],
    e_level smallint[], e_hashes bytea[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new_size <= old_size THEN
        RAISE EXCEPTION 'a log only grows' USING ERRCODE = 'LG400';
    END IF;
    IF old_size = 0 THEN
        INSERT INTO ledger.integrated VALUES (log, new_size) ON CONFLICT DO NOTHING;
    ELSE
        UPDATE ledger.integrated SET size = new_size WHERE log_id = log AND size = old_size;
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO ledger.tiles
    SELECT log, t.level, t.index, t.hashes FROM unnest(t_level, t_index, t_hashes) AS t (level, index, hashes);
    DELETE FROM ledger.edges WHERE log_id = log;
    INSERT INTO ledger.edges
    SELECT log, e.level, e.hashes FROM unnest(e_level, e_hashes) AS e (level, hashes);
    RETURN true;
END $$;

-- Adds the next epoch and the slots that changed in it.
CREATE FUNCTION ledger.add_epoch(
    new_epoch bigint, new_record bytea,
    s_slot bigint[], s_size bigint[], s_root bytea[], s_salt bytea[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.epochs IN SHARE ROW EXCLUSIVE MODE;
    IF new_epoch <> (SELECT coalesce(max(epoch) + 1, 0) FROM ledger.epochs)
       OR substring(new_record FROM 17 FOR 8) <> int8send(new_epoch) THEN
        RAISE EXCEPTION 'epochs follow each other' USING ERRCODE = 'LG409';
    END IF;
    IF EXISTS (SELECT FROM unnest(s_slot, s_size) AS s (slot, size)
               LEFT JOIN ledger.heads h USING (slot)
               LEFT JOIN LATERAL (SELECT old.size FROM ledger.slots old WHERE old.slot = s.slot
                                  ORDER BY old.epoch DESC LIMIT 1) before ON true
               WHERE s.size > coalesce(h.size, 0) OR s.size <= coalesce(before.size, 0)) THEN
        RAISE EXCEPTION 'a slot only grows, up to its head' USING ERRCODE = 'LG400';
    END IF;
    INSERT INTO ledger.epochs VALUES (new_epoch, new_record);
    INSERT INTO ledger.slots
    SELECT s.slot, new_epoch, s.size, s.root, s.salt
    FROM unnest(s_slot, s_size, s_root, s_salt) AS s (slot, size, root, salt);
END $$;

-- Publishes a signed checkpoint of the root log; the same one may be published twice.
CREATE FUNCTION ledger.publish_checkpoint(new_size bigint, new_note bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new_size > (SELECT count(*) FROM ledger.epochs) THEN
        RAISE EXCEPTION 'a checkpoint covers what is there' USING ERRCODE = 'LG400';
    END IF;
    INSERT INTO ledger.checkpoints VALUES (new_size, new_note) ON CONFLICT DO NOTHING;
END $$;

-- The name of this ledger: given once, then only confirmed.
CREATE FUNCTION ledger.name_ledger(new_name text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ledger.identity (name) VALUES (new_name) ON CONFLICT DO NOTHING;
    RETURN (SELECT name FROM ledger.identity);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO therapist_service, therapist_projector, therapist_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO therapist_service, therapist_auditor;
GRANT SELECT ON ledger.events, ledger.heads TO therapist_projector;
GRANT EXECUTE ON FUNCTION
    ledger.append(uuid[], bigint[], bytea[], bytea[], bigint[],
                  integer[], bigint[], boolean[], bytea[], bytea[]),
    ledger.lock_head(uuid),
    ledger.integrate(uuid, bigint, bigint, smallint[], bigint[], bytea[], smallint[], bytea[]),
    ledger.add_epoch(bigint, bytea, bigint[], bigint[], bytea[], bytea[]),
    ledger.publish_checkpoint(bigint, bytea),
    ledger.name_ledger(text)
    TO therapist_service;
