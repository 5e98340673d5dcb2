-- vault
-- Record keys, each wrapped under an epoch key that no database holds; a destroyed one stays as its
-- own fence. SQLSTATE: LG403 may not change, LG409 another state than the caller believes.

CREATE TABLE keys.epochs (
    epoch           bigint PRIMARY KEY CHECK (epoch > 0),
    state           text NOT NULL CHECK (state IN ('current', 'retiring', 'destroyed')),
    commitment      bytea NOT NULL CHECK (octet_length(commitment) = 32),
    started_at_us   bigint NOT NULL,
    destroyed_at_us bigint,
    CHECK ((state = 'destroyed') = (destroyed_at_us IS NOT NULL))
);
CREATE UNIQUE INDEX one_current_epoch ON keys.epochs (state) WHERE state = 'current';
CREATE INDEX live_epochs ON keys.epochs (epoch) WHERE state <> 'destroyed';

-- Moves with every destruction; caches compare it.
CREATE TABLE keys.generation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation bigint NOT NULL CHECK (generation >= 0)
);
INSERT INTO keys.generation (generation) VALUES (0);

-- No foreign key to the epochs: it would lock them, and a fence may name one that a restored vault
-- has never seen.
CREATE TABLE keys.record_keys (
    practice_id          uuid NOT NULL,
    stream_id            uuid NOT NULL,
    key_id               uuid NOT NULL UNIQUE,
    epoch                bigint NOT NULL CHECK (epoch > 0),
    state                text NOT NULL CHECK (state IN ('active', 'destroyed')),
    wrapped              bytea CHECK (octet_length(wrapped) = 60),
    wrapped_sha256       bytea CHECK (octet_length(wrapped_sha256) = 32),
    created_at_us        bigint NOT NULL,
    destroyed_at_us      bigint,
    destroyed_generation bigint,
    PRIMARY KEY (practice_id, stream_id),
    CHECK (CASE state
        WHEN 'active' THEN wrapped IS NOT NULL
             AND num_nonnulls(wrapped_sha256, destroyed_at_us, destroyed_generation) = 0
        ELSE wrapped IS NULL
             AND num_nulls(wrapped_sha256, destroyed_at_us, destroyed_generation) = 0 END)
) WITH (fillfactor = 80);
CREATE INDEX destructions ON keys.record_keys (destroyed_generation)
    WHERE destroyed_generation IS NOT NULL;

-- The guards bind everybody, the owner and replication replay included (I6). That no second row
-- comes in for a destroyed stream or key id is the work of the two unique constraints.
CREATE FUNCTION keys.guard_record_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'active'
       AND (NEW.practice_id, NEW.stream_id, NEW.key_id, NEW.created_at_us)
         = (OLD.practice_id, OLD.stream_id, OLD.key_id, OLD.created_at_us)
       AND ((NEW.state = 'active' AND NEW.epoch > OLD.epoch)
            OR (NEW.state = 'destroyed' AND NEW.epoch = OLD.epoch
                AND NEW.wrapped_sha256 = sha256(OLD.wrapped))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key is created once and destroyed once' USING ERRCODE = 'LG403';
END $$;

CREATE FUNCTION keys.guard_epoch() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND (NEW.epoch, NEW.commitment, NEW.started_at_us)
         = (OLD.epoch, OLD.commitment, OLD.started_at_us)
       AND (OLD.state, NEW.state) IN (('current', 'retiring'), ('retiring', 'destroyed')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an epoch only ends' USING ERRCODE = 'LG403';
END $$;

CREATE FUNCTION keys.guard_generation() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.generation = OLD.generation + 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the generation only grows' USING ERRCODE = 'LG403';
END $$;

CREATE FUNCTION keys.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'keys are not truncated' USING ERRCODE = 'LG403';
END $$;

DO $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN SELECT * FROM (VALUES ('record_keys', 'guard_record_key'), ('epochs', 'guard_epoch'),
                                         ('generation', 'guard_generation')) AS g (place, guard) LOOP
        EXECUTE format('CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON keys.%I
                        FOR EACH ROW EXECUTE FUNCTION keys.%I()', guarded.place, guarded.guard);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON keys.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_truncate()', guarded.place);
        EXECUTE format('ALTER TABLE keys.%I ENABLE ALWAYS TRIGGER guard', guarded.place);
        EXECUTE format('ALTER TABLE keys.%I ENABLE ALWAYS TRIGGER no_truncate', guarded.place);
    END LOOP;
END $$;

-- Holds an epoch current until the end of the transaction: a rotation waits for it.
CREATE FUNCTION keys.hold_current(p_epoch bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM keys.epochs e WHERE e.epoch = p_epoch AND e.state = 'current' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not the current epoch' USING ERRCODE = 'LG409';
    END IF;
END $$;

-- Makes the keys that are not there yet and returns the row of every stream asked for, whoever made
-- it and whether or not it was destroyed since.
CREATE FUNCTION keys.create(p_practice uuid[], p_stream uuid[], p_key uuid[], p_wrapped bytea[],
                            p_epoch bigint, p_now_us bigint) RETURNS SETOF keys.record_keys
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_rows bigint;
BEGIN
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

-- What is left of a key: the evidence, and the generation after its destruction.
CREATE TYPE keys.destroyed AS (
    key_id uuid, epoch bigint, wrapped_sha256 bytea, destroyed_at_us bigint, generation bigint
);

-- Destroys a stream's key; a second time changes nothing. No row when there never was one.
CREATE FUNCTION keys.destroy(p_practice uuid, p_stream uuid, p_now_us bigint) RETURNS SETOF keys.destroyed
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moved bigint;
BEGIN
    PERFORM FROM keys.record_keys k
    WHERE k.practice_id = p_practice AND k.stream_id = p_stream AND k.state = 'active' FOR UPDATE;
    IF FOUND THEN
        UPDATE keys.generation SET generation = generation + 1 RETURNING generation INTO moved;
        UPDATE keys.record_keys k
        SET state = 'destroyed', wrapped = NULL, wrapped_sha256 = sha256(k.wrapped),
            destroyed_at_us = p_now_us, destroyed_generation = moved
        WHERE k.practice_id = p_practice AND k.stream_id = p_stream;
        PERFORM pg_notify('keys', moved::text);
    END IF;
    RETURN QUERY
    SELECT k.key_id, k.epoch, k.wrapped_sha256, k.destroyed_at_us, k.destroyed_generation
    FROM keys.record_keys k WHERE k.practice_id = p_practice AND k.stream_id = p_stream;
END $$;

-- Applies a destruction that the log tells of again, also when the vault never saw the key: for the
-- time after a restore.
CREATE FUNCTION keys.fence(p_practice uuid, p_stream uuid, p_key uuid, p_epoch bigint,
                           p_wrapped_sha256 bytea, p_destroyed_at_us bigint) RETURNS SETOF keys.destroyed
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE keys.generation SET generation = generation + 1 RETURNING generation INTO moved;
    INSERT INTO keys.record_keys (practice_id, stream_id, key_id, epoch, state, wrapped_sha256,
                                  created_at_us, destroyed_at_us, destroyed_generation)
    VALUES (p_practice, p_stream, p_key, p_epoch, 'destroyed', p_wrapped_sha256,
            p_destroyed_at_us, p_destroyed_at_us, moved)
    ON CONFLICT DO NOTHING;
    PERFORM FROM keys.record_keys k
    WHERE k.practice_id = p_practice AND k.stream_id = p_stream AND k.key_id = p_key;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the stream has another key' USING ERRCODE = 'LG409';
    END IF;
    RETURN QUERY SELECT * FROM keys.destroy(p_practice, p_stream, p_destroyed_at_us);
END $$;

-- Begins the first epoch of an empty vault; where there is one already, nothing happens.
CREATE FUNCTION keys.open_first_epoch(p_epoch bigint, p_commitment bytea, p_now_us bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO keys.epochs (epoch, state, commitment, started_at_us)
    SELECT p_epoch, 'current', p_commitment, p_now_us
    WHERE NOT EXISTS (SELECT FROM keys.epochs)
    ON CONFLICT DO NOTHING
$$;

-- Makes a new epoch the current one, once every key being created under the old one is there.
CREATE FUNCTION keys.start_epoch(p_epoch bigint, p_commitment bytea, p_now_us bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE keys.epochs e SET state = 'retiring' WHERE e.state = 'current' AND e.epoch < p_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a new epoch follows the current one' USING ERRCODE = 'LG409';
    END IF;
    INSERT INTO keys.epochs (epoch, state, commitment, started_at_us)
    VALUES (p_epoch, 'current', p_commitment, p_now_us);
END $$;

-- Puts live keys under the current epoch; returns how many were still as the caller read them.
CREATE FUNCTION keys.rewrap(p_key uuid[], p_wrapped bytea[], p_rewrapped bytea[], p_epoch bigint)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM keys.hold_current(p_epoch);
    UPDATE keys.record_keys k SET wrapped = n.rewrapped, epoch = p_epoch
    FROM unnest(p_key, p_wrapped, p_rewrapped) AS n (key, wrapped, rewrapped)
    WHERE k.key_id = n.key AND k.state = 'active' AND k.wrapped = n.wrapped;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- Ends an epoch under which no live key is left; from here on its key file may go.
CREATE FUNCTION keys.end_epoch(p_epoch bigint, p_now_us bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM keys.record_keys k WHERE k.state = 'active' AND k.epoch = p_epoch) THEN
        RAISE EXCEPTION 'live keys are left under this epoch' USING ERRCODE = 'LG409';
    END IF;
    UPDATE keys.epochs e SET state = 'destroyed', destroyed_at_us = p_now_us
    WHERE e.epoch = p_epoch AND e.state = 'retiring';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a retiring epoch ends' USING ERRCODE = 'LG409';
    END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keys FROM PUBLIC;
GRANT USAGE ON SCHEMA keys TO therapist_service, therapist_retention;
GRANT SELECT ON keys.record_keys, keys.epochs, keys.generation TO therapist_service, therapist_retention;
GRANT EXECUTE ON FUNCTION
    keys.create(uuid[], uuid[], uuid[], bytea[], bigint, bigint),
    keys.open_first_epoch(bigint, bytea, bigint)
TO therapist_service;
GRANT EXECUTE ON FUNCTION
    keys.destroy(uuid, uuid, bigint),
    keys.fence(uuid, uuid, uuid, bigint, bytea, bigint),
    keys.start_epoch(bigint, bytea, bigint),
    keys.rewrap(uuid[], bytea[], bytea[], bigint),
    keys.end_epoch(bigint, bigint)
TO therapist_retention;
