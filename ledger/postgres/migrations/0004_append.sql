-- The write path: what a writer gathered is checked once more, then appended.

-- One leaf's place in its log, taken apart just far enough to check it.
CREATE FUNCTION ledger.is_well_formed(practice uuid, version bigint, leaf bytea, body bytea) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(leaf) >= 167
   AND substring(leaf FROM 1 FOR 16) = '\x7468657261706973742d6f732f65310a'::bytea
   AND substring(leaf FROM 17 FOR 16) = uuid_send(practice)
   AND version >= 1
   AND substring(leaf FROM 49 FOR 8) = int8send(version)
   AND get_byte(leaf, 104) < 128
   AND octet_length(leaf) = 166 + get_byte(leaf, 128)
       + CASE get_byte(leaf, 129 + get_byte(leaf, 128)) WHEN 0 THEN 0 WHEN 1 THEN 60 END
   AND octet_length(body) <= 1048576
   AND substring(leaf FROM octet_length(leaf) - 35 FOR 4) = int4send(octet_length(body))
   AND substring(leaf FROM octet_length(leaf) - 31 FOR 32) = sha256(body);

-- The gates of one practice that are open at its end.
CREATE FUNCTION ledger.open_gates(practice uuid) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(gate), '{}') FROM (
        SELECT DISTINCT ON (gate) gate, is_open FROM ledger.gates
        WHERE practice_id = practice ORDER BY gate, position DESC) latest
    WHERE is_open
$$;

-- Walks a practice's new events in order and keeps its gates; 0, or 3 when one may not come in.
CREATE FUNCTION ledger.pass_gates(practice uuid, first_position bigint, types text[]) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gates    text[] := ledger.open_gates(practice);
    kind     ledger.event_types;
    moved    text[] := '{}';
    moved_at bigint[] := '{}';
    moved_to boolean[] := '{}';
BEGIN
    IF (SELECT count(*) = cardinality(types)
           AND bool_and(t.opens IS NULL AND t.closes IS NULL AND t.needs <@ gates)
        FROM unnest(types) AS batch (type) JOIN ledger.event_types t USING (type)) THEN
        RETURN 0;
    END IF;
    FOR i IN 1 .. cardinality(types) LOOP
        SELECT * INTO kind FROM ledger.event_types t WHERE t.type = types[i];
        IF NOT FOUND OR NOT kind.needs <@ gates THEN
            RETURN 3;
        END IF;
        -- What opens a gate and needs none is a genesis: the first record of its log, and only that.
        IF kind.opens IS NOT NULL AND kind.needs = '{}' AND first_position + i > 1 THEN
            RETURN 3;
        END IF;
        IF kind.opens IS NOT NULL AND NOT kind.opens = ANY (gates) THEN
            gates := gates || kind.opens;
            moved := moved || kind.opens;
            moved_at := moved_at || first_position + i - 1;
            moved_to := moved_to || true;
        END IF;
        IF kind.closes = ANY (gates) THEN
            gates := array_remove(gates, kind.closes);
            moved := moved || kind.closes;
            moved_at := moved_at || first_position + i - 1;
            moved_to := moved_to || false;
        END IF;
    END LOOP;
    INSERT INTO ledger.gates
    SELECT practice, m.gate, m.position, m.is_open
    FROM unnest(moved, moved_at, moved_to) AS m (gate, position, is_open);
    RETURN 0;
END $$;

-- Commits what a writer gathered. Verdict a practice: 0 appended, 1 its head has moved, 2 a command
-- was here before, 3 refused by its gates; only 0 writes. What no honest writer sends is an error.
CREATE FUNCTION ledger.append(
    p_practice uuid[], p_size bigint[], p_new_root bytea[], p_new_frontier bytea[],
    p_recorded_at_us bigint[],
    e_practice integer[], e_version bigint[], e_leaf bytea[], e_body bytea[],
    c_practice integer[], c_command uuid[], c_events integer[]
) RETURNS smallint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    verdicts smallint[] := array_fill(0::smallint, ARRAY[cardinality(p_practice)]);
    heads    ledger.heads;
    found_at integer;
    types    text[];
    events   integer;
    last_us  bytea[] := array_fill(int8send(0), ARRAY[cardinality(p_practice)]);
    is_sound boolean;
BEGIN
    -- Always in the order of practice ids, so that two writers cannot wait for each other.
    FOR heads IN SELECT h.* FROM ledger.heads h WHERE h.practice_id = ANY (p_practice)
                 ORDER BY h.practice_id FOR UPDATE LOOP
        found_at := array_position(p_practice, heads.practice_id);
        last_us[found_at] := int8send(heads.recorded_at_us);
        IF heads.size <> p_size[found_at] THEN
            verdicts[found_at] := 1;
        ELSE
            verdicts[found_at] := -1;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(p_practice) LOOP
        verdicts[i] := CASE verdicts[i] WHEN -1 THEN 0 WHEN 0 THEN sign(p_size[i]) ELSE 1 END;
    END LOOP;

    FOR found_at IN SELECT DISTINCT c.practice
                    FROM unnest(c_practice, c_command) AS c (practice, command)
                    JOIN ledger.commands k ON k.practice_id = p_practice[c.practice]
                                          AND k.command_id = c.command LOOP
        IF verdicts[found_at] = 0 THEN
            verdicts[found_at] := 2;
        END IF;
    END LOOP;

    -- Every practice must be named, and every event and command must belong to one.
    FOR i IN 1 .. cardinality(p_practice) LOOP
        IF verdicts[i] = 0 THEN
            SELECT array_agg(convert_from(substring(e.leaf FROM 130 FOR get_byte(e.leaf, 128)), 'UTF8')
                             ORDER BY e.place), count(*)
            INTO types, events
            FROM unnest(e_practice, e_leaf) WITH ORDINALITY AS e (practice, leaf, place)
            WHERE e.practice = i;
            IF events = 0 OR events <> (SELECT coalesce(sum(c.events), 0)
                                        FROM unnest(c_practice, c_events) AS c (practice, events)
                                        WHERE c.practice = i) THEN
                RAISE EXCEPTION 'events and commands do not match' USING ERRCODE = 'LG400';
            END IF;
            verdicts[i] := ledger.pass_gates(p_practice[i], p_size[i], types);
        END IF;
    END LOOP;

    WITH batch AS (
        SELECT e.practice, e.version, e.leaf, e.body, e.place,
               substring(e.leaf FROM 33 FOR 16) AS stream,
               substring(e.leaf FROM 105 FOR 8) AS recorded_at,
               sha256('\x00'::bytea || e.leaf) AS hash
        FROM unnest(e_practice, e_version, e_leaf, e_body) WITH ORDINALITY
             AS e (practice, version, leaf, body, place)
        WHERE verdicts[e.practice] = 0
    ), linked AS (
        SELECT b.*,
               lag(b.hash) OVER of_stream AS hash_before,
               lag(b.version) OVER of_stream AS version_before,
               lag(b.recorded_at, 1, last_us[b.practice]) OVER of_practice AS recorded_before
        FROM batch b
        WINDOW of_stream AS (PARTITION BY b.practice, b.stream ORDER BY b.place),
               of_practice AS (PARTITION BY b.practice ORDER BY b.place)
    )
    SELECT bool_and(coalesce(
               ledger.is_well_formed(p_practice[l.practice], l.version, l.leaf, l.body)
               AND l.recorded_at >= l.recorded_before
               AND l.version = coalesce(l.version_before + 1, l.version)
               AND substring(l.leaf FROM 57 FOR 32) = CASE
                   WHEN l.version = 1 THEN '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea
                   ELSE coalesce(l.hash_before, (
                       SELECT sha256('\x00'::bytea || x.leaf) FROM ledger.events x
                       WHERE x.practice_id = p_practice[l.practice]
                         AND x.stream_id = encode(l.stream, 'hex')::uuid
                         AND x.version = l.version - 1)) END, false))
    INTO is_sound FROM linked l;
    IF NOT is_sound THEN
        RAISE EXCEPTION 'an event does not follow its stream' USING ERRCODE = 'LG400';
    END IF;

    -- A command's first event bears the command's id.
    SELECT bool_and(e.event_id IS NOT DISTINCT FROM uuid_send(c.command)) INTO is_sound
    FROM (SELECT b.practice, b.command,
                 1 + sum(b.events) OVER (PARTITION BY b.practice ORDER BY b.place) - b.events AS nth
          FROM unnest(c_practice, c_command, c_events) WITH ORDINALITY
               AS b (practice, command, events, place)) c
    LEFT JOIN (SELECT b.practice, row_number() OVER (PARTITION BY b.practice ORDER BY b.place) AS nth,
                      substring(b.leaf FROM 89 FOR 16) AS event_id
               FROM unnest(e_practice, e_leaf) WITH ORDINALITY AS b (practice, leaf, place)) e
           USING (practice, nth)
    WHERE verdicts[c.practice] = 0;
    IF NOT is_sound THEN
        RAISE EXCEPTION 'events and commands do not match' USING ERRCODE = 'LG400';
    END IF;

    INSERT INTO ledger.events (practice_id, position, stream_id, version, leaf, body)
    SELECT p_practice[e.practice],
           p_size[e.practice] + row_number() OVER (PARTITION BY e.practice ORDER BY e.place) - 1,
           encode(substring(e.leaf FROM 33 FOR 16), 'hex')::uuid, e.version, e.leaf, e.body
    FROM unnest(e_practice, e_version, e_leaf, e_body) WITH ORDINALITY
         AS e (practice, version, leaf, body, place)
    WHERE verdicts[e.practice] = 0;

    INSERT INTO ledger.commands (practice_id, command_id, position, events)
    SELECT p_practice[c.practice], c.command,
           p_size[c.practice] + sum(c.events) OVER (PARTITION BY c.practice ORDER BY c.place) - c.events,
           c.events
    FROM unnest(c_practice, c_command, c_events) WITH ORDINALITY
         AS c (practice, command, events, place)
    WHERE verdicts[c.practice] = 0;

    FOR i IN 1 .. cardinality(p_practice) LOOP
        IF verdicts[i] = 0 THEN
            PERFORM ledger.move_head(p_practice[i], p_size[i], p_new_root[i], p_new_frontier[i],
                                     p_recorded_at_us[i]);
        END IF;
    END LOOP;
    RETURN verdicts;
END $$;

-- Puts a head where its practice's last event is; a new log takes the next slot.
CREATE FUNCTION ledger.move_head(practice uuid, old_size bigint, new_root bytea, new_frontier bytea,
                                 new_recorded_at_us bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_leaf bytea;
    new_size  bigint;
BEGIN
    SELECT e.leaf, e.position + 1 INTO last_leaf, new_size FROM ledger.events e
    WHERE e.practice_id = practice ORDER BY e.position DESC LIMIT 1;
    IF substring(last_leaf FROM 105 FOR 8) IS DISTINCT FROM int8send(new_recorded_at_us)
       OR octet_length(new_frontier) IS DISTINCT FROM 32 * bit_count(int8send(new_size)) THEN
        RAISE EXCEPTION 'a head does not match its last event' USING ERRCODE = 'LG400';
    END IF;
    IF old_size = 0 THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('ledger.slots', 0));
        INSERT INTO ledger.heads
        SELECT practice, coalesce(max(h.slot) + 1, 0), new_size, new_root, new_frontier,
               new_recorded_at_us FROM ledger.heads h;
    ELSE
        UPDATE ledger.heads SET size = new_size, root = new_root, frontier = new_frontier,
                                recorded_at_us = new_recorded_at_us
        WHERE practice_id = practice;
    END IF;
    PERFORM pg_notify('ledger', practice::text);
END $$;

-- The head of one practice, held until the end of the transaction.
CREATE FUNCTION ledger.lock_head(practice uuid) RETURNS SETOF ledger.heads
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.* FROM ledger.heads h WHERE h.practice_id = practice FOR UPDATE
$$;
