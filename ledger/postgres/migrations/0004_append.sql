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

-- The type's name in a leaf.
CREATE FUNCTION ledger.type_of(leaf bytea) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_from(substring(leaf FROM 130 FOR get_byte(leaf, 128)), 'UTF8');

-- The gates that are open at the end of each practice's log.
CREATE VIEW ledger.open_gates AS
    SELECT latest.practice_id, latest.gate FROM (
        SELECT DISTINCT ON (g.practice_id, g.gate) g.practice_id, g.gate, g.is_open
        FROM ledger.gates g ORDER BY g.practice_id, g.gate, g.position DESC) latest
    WHERE latest.is_open;

-- Walks a practice's new events in order and keeps its gates; 0, or 3 when one may not come in.
CREATE FUNCTION ledger.pass_gates(practice uuid, first_position bigint, types text[]) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gates    text[] := ARRAY (SELECT o.gate FROM ledger.open_gates o WHERE o.practice_id = practice);
    kind     ledger.event_types;
    moved    text[] := '{}';
    moved_at bigint[] := '{}';
    moved_to boolean[] := '{}';
BEGIN
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
-- `e_practice` is a place in the arrays p_*; `e_begins` tells the first event of each command, which
-- bears the command's id. Few statements, each over all practices: what one costs at all is most of
-- what it costs. No sequential scans: a plan made while a table was small is kept when it is large.
CREATE FUNCTION ledger.append(
    p_practice uuid[], p_size bigint[], p_new_root bytea[], p_new_frontier bytea[],
    p_recorded_at_us bigint[],
    e_practice integer[], e_version bigint[], e_begins boolean[], e_leaf bytea[], e_body bytea[]
) RETURNS smallint[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    verdicts  smallint[];
    new_sizes bigint[];
    is_sound  boolean;
    is_linked boolean;
BEGIN
    -- Always in the order of practice ids, so that two writers cannot wait for each other.
    SELECT array_agg(CASE WHEN coalesce(h.size, 0) = p.size THEN 0 ELSE 1 END ORDER BY p.place),
           bool_and(coalesce(p.recorded_at_us >= coalesce(h.recorded_at_us, 0) OR h.size <> p.size, false))
    INTO verdicts, is_sound
    FROM unnest(p_practice, p_size, p_recorded_at_us) WITH ORDINALITY
         AS p (practice_id, size, recorded_at_us, place)
    LEFT JOIN (SELECT held.practice_id, held.size, held.recorded_at_us FROM ledger.heads held
               WHERE held.practice_id = ANY (p_practice)
               ORDER BY held.practice_id FOR UPDATE) h USING (practice_id);

    -- What is repeated, and whose gates let everything in without being moved by it.
    SELECT array_agg(CASE WHEN verdicts[b.place] > 0 THEN verdicts[b.place]
                          WHEN b.is_repeated THEN 2 WHEN b.is_plain THEN 0 ELSE -1 END ORDER BY b.place),
           array_agg(b.size + b.events ORDER BY b.place),
           is_sound AND sum(b.events) = cardinality(e_leaf) AND bool_and(coalesce(
               octet_length(p_new_frontier[b.place]) = 32 * bit_count(int8send(b.size + b.events)), false))
    INTO verdicts, new_sizes, is_sound
    FROM (
        SELECT p.place, p.size, count(*) AS events, bool_or(k.position IS NOT NULL) AS is_repeated,
               bool_and(t.opens IS NULL AND t.closes IS NULL AND coalesce(t.needs <@ p.gates, false)) AS is_plain
        FROM (SELECT q.place, q.practice_id, q.size, ARRAY (
                         SELECT o.gate FROM ledger.open_gates o WHERE o.practice_id = q.practice_id) AS gates
              FROM unnest(p_practice, p_size) WITH ORDINALITY AS q (practice_id, size, place) OFFSET 0) p
        JOIN unnest(e_practice, e_begins, e_leaf) AS e (place, begins, leaf) USING (place)
        LEFT JOIN ledger.event_types t ON t.type = ledger.type_of(e.leaf)
        LEFT JOIN LATERAL (SELECT c.position FROM ledger.commands c
                           WHERE e.begins AND c.practice_id = p.practice_id
                             AND c.command_id = encode(substring(e.leaf FROM 89 FOR 16), 'hex')::uuid
                           LIMIT 1) k ON true
        GROUP BY p.place, p.size) b;
    IF NOT coalesce(is_sound AND cardinality(verdicts) = cardinality(p_practice), false) THEN
        RAISE EXCEPTION 'heads, events and commands do not match' USING ERRCODE = 'LG400';
    END IF;
    FOR i IN 1 .. cardinality(p_practice) LOOP
        IF verdicts[i] < 0 THEN
            verdicts[i] := ledger.pass_gates(p_practice[i], p_size[i], ARRAY (
                SELECT ledger.type_of(e.leaf) FROM unnest(e_practice, e_leaf) WITH ORDINALITY
                       AS e (practice, leaf, place) WHERE e.practice = i ORDER BY e.place));
        END IF;
    END LOOP;

    WITH cut AS (
        SELECT e.*, p_practice[e.practice] AS practice_id,
               encode(substring(e.leaf FROM 33 FOR 16), 'hex')::uuid AS stream_id,
               sha256('\x00'::bytea || e.leaf) AS hash,
               p_size[e.practice] - 1 + row_number() OVER (PARTITION BY e.practice ORDER BY e.place) AS position
        FROM unnest(e_practice, e_version, e_begins, e_leaf, e_body) WITH ORDINALITY
             AS e (practice, version, begins, leaf, body, place)
        WHERE verdicts[e.practice] = 0
    ), batch AS MATERIALIZED (
        SELECT c.*, lag(c.hash) OVER of_stream AS hash_before, lag(c.version) OVER of_stream AS version_before
        FROM cut c WINDOW of_stream AS (PARTITION BY c.practice, c.stream_id ORDER BY c.place)
    ), appended AS (
        INSERT INTO ledger.events (practice_id, position, stream_id, version, leaf, body)
        SELECT b.practice_id, b.position, b.stream_id, b.version, b.leaf, b.body FROM batch b
    ), done AS (
        INSERT INTO ledger.commands (practice_id, command_id, position, events)
        SELECT b.practice_id, encode(substring(b.leaf FROM 89 FOR 16), 'hex')::uuid, b.position,
               lead(b.position, 1, new_sizes[b.practice]) OVER (PARTITION BY b.practice ORDER BY b.position)
               - b.position
        FROM batch b WHERE b.begins
    ), moved AS (
        UPDATE ledger.heads h SET size = new_sizes[p.place], root = p.root, frontier = p.frontier,
                                  recorded_at_us = p.recorded_at_us
        FROM unnest(p_practice, p_new_root, p_new_frontier, p_recorded_at_us) WITH ORDINALITY
             AS p (practice_id, root, frontier, recorded_at_us, place)
        WHERE h.practice_id = p.practice_id AND verdicts[p.place] = 0
    )
    SELECT bool_and(coalesce(
               ledger.is_well_formed(b.practice_id, b.version, b.leaf, b.body)
               AND substring(b.leaf FROM 105 FOR 8) = int8send(p_recorded_at_us[b.practice])
               AND b.begins IS NOT NULL AND (b.begins OR b.position > p_size[b.practice])
               AND b.version = coalesce(b.version_before + 1, b.version)
               AND substring(b.leaf FROM 57 FOR 32) = CASE
                   WHEN b.version = 1 THEN '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea
                   ELSE coalesce(b.hash_before, (
                       SELECT sha256('\x00'::bytea || x.leaf) FROM ledger.events x
                       WHERE x.practice_id = b.practice_id AND x.stream_id = b.stream_id
                         AND x.version = b.version - 1)) END, false))
    INTO is_linked FROM batch b;
    IF NOT is_linked THEN
        RAISE EXCEPTION 'an event does not follow its stream' USING ERRCODE = 'LG400';
    END IF;

    FOR i IN 1 .. cardinality(p_practice) LOOP
        IF verdicts[i] = 0 THEN
            IF p_size[i] = 0 THEN
                PERFORM ledger.begin_log(p_practice[i], new_sizes[i], p_new_root[i], p_new_frontier[i],
                                         p_recorded_at_us[i]);
            END IF;
            PERFORM pg_notify('ledger', p_practice[i]::text);
        END IF;
    END LOOP;
    RETURN verdicts;
END $$;

-- Gives a new log its head, in the next slot.
CREATE FUNCTION ledger.begin_log(practice uuid, new_size bigint, new_root bytea,
                                 new_frontier bytea, new_recorded_at_us bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger.slots', 0));
    INSERT INTO ledger.heads
    SELECT practice, coalesce(max(h.slot) + 1, 0), new_size, new_root, new_frontier, new_recorded_at_us
    FROM ledger.heads h;
END $$;

-- The head of one practice, held until the end of the transaction.
CREATE FUNCTION ledger.lock_head(practice uuid) RETURNS SETOF ledger.heads
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.* FROM ledger.heads h WHERE h.practice_id = practice FOR UPDATE
$$;
