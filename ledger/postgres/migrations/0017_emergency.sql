-- Emergency access, holds, what an operator reads and changes; and the numbers a monitor may ask for.

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('emergency-asked.v1', '{practice}', NULL, NULL),
    ('emergency-approved.v1', '{practice}', NULL, NULL),
    ('emergency-declined.v1', '{practice}', NULL, NULL),
    ('emergency-told.v1', '{practice}', NULL, NULL),
    ('emergency-begun.v1', '{practice}', NULL, NULL),
    ('emergency-ended.v1', '{practice}', NULL, NULL),
    ('hold-placed.v1', '{practice}', NULL, NULL),
    ('hold-lifted.v1', '{practice}', NULL, NULL),
    ('operator-read.v1', '{practice}', NULL, NULL),
    ('settings-changed.v1', '{operator}', NULL, NULL),
    ('operator-acted.v1', '{operator}', NULL, NULL);

-- What a monitor is told: numbers and times of the whole, and no table, id or name.
CREATE FUNCTION ledger.status(
    OUT practices bigint, OUT events bigint, OUT unsealed bigint,
    OUT epochs bigint, OUT last_epoch_us bigint, OUT last_stamped_us bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT
        (SELECT count(*) FROM ledger.heads WHERE slot > 0),
        (SELECT coalesce(sum(size), 0)::bigint FROM ledger.heads),
        (SELECT coalesce(sum(h.size - coalesce(s.size, 0)), 0)::bigint
         FROM ledger.heads h LEFT JOIN LATERAL (
             SELECT size FROM ledger.slots WHERE slot = h.slot ORDER BY epoch DESC LIMIT 1) s ON true),
        (SELECT count(*) FROM ledger.epochs),
        -- The time stands in an epoch record behind its 16 bytes of name and 8 of number.
        (SELECT ('x' || encode(substring(record FROM 25 FOR 8), 'hex'))::bit(64)::bigint
         FROM ledger.epochs ORDER BY epoch DESC LIMIT 1),
        (SELECT ('x' || encode(substring(record FROM 25 FOR 8), 'hex'))::bit(64)::bigint
         FROM ledger.epochs WHERE epoch = (SELECT max(size) - 1 FROM ledger.timestamps))
$$;
REVOKE ALL ON FUNCTION ledger.status() FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO therapist_monitor;
GRANT EXECUTE ON FUNCTION ledger.status() TO therapist_monitor;

SET LOCAL ROLE therapist_projector;
CREATE FUNCTION views.lags() RETURNS TABLE (read_model text, behind bigint, parked bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.read_model,
           coalesce(sum(h.size - 1 - coalesce(t.position, -1)), 0)::bigint,
           (SELECT count(*) FROM views.parked p WHERE p.read_model = d.read_model)
    FROM views.definitions d
    CROSS JOIN ledger.heads h
    LEFT JOIN views.tracking t ON t.read_model = d.read_model AND t.practice_id = h.practice_id
    WHERE d.read_model NOT LIKE '%.next'
    GROUP BY d.read_model ORDER BY d.read_model
$$;
REVOKE ALL ON FUNCTION views.lags() FROM PUBLIC;
GRANT USAGE ON SCHEMA views TO therapist_monitor;
GRANT EXECUTE ON FUNCTION views.lags() TO therapist_monitor;
