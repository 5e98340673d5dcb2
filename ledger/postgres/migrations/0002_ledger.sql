-- The log: events, heads, trees, epochs and checkpoints, which nobody can change afterwards.

CREATE TABLE ledger.identity (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name     text NOT NULL
);

CREATE TABLE ledger.event_types (
    type   text COLLATE "C" PRIMARY KEY,
    needs  text[] NOT NULL,
    opens  text,
    closes text
);

CREATE TABLE ledger.heads (
    practice_id    uuid PRIMARY KEY,
    slot           bigint NOT NULL UNIQUE CHECK (slot >= 0),
    size           bigint NOT NULL CHECK (size > 0),
    root           bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier       bytea NOT NULL CHECK (octet_length(frontier) % 32 = 0),
    recorded_at_us bigint NOT NULL
);

CREATE TABLE ledger.events (
    practice_id uuid NOT NULL,
    position    bigint NOT NULL CHECK (position >= 0),
    stream_id   uuid NOT NULL,
    version     bigint NOT NULL CHECK (version >= 1),
    leaf        bytea NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (practice_id, position),
    UNIQUE (practice_id, stream_id, version)
);
-- Ciphertext does not compress; trying costs time on every append.
ALTER TABLE ledger.events ALTER COLUMN leaf SET STORAGE MAIN, ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE ledger.commands (
    practice_id uuid NOT NULL,
    command_id  uuid NOT NULL,
    position    bigint NOT NULL,
    events      integer NOT NULL CHECK (events > 0),
    PRIMARY KEY (practice_id, command_id)
);

CREATE TABLE ledger.gates (
    practice_id uuid NOT NULL,
    gate        text NOT NULL,
    position    bigint NOT NULL,
    is_open     boolean NOT NULL,
    PRIMARY KEY (practice_id, gate, position)
);

-- Tiles of practice logs (log_id = practice_id) and of the root log (log_id = nil).
CREATE TABLE ledger.tiles (
    log_id uuid NOT NULL,
    level  smallint NOT NULL CHECK (level >= 0),
    index  bigint NOT NULL CHECK (index >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (log_id, level, index)
);
ALTER TABLE ledger.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- The right edge: the one partial tile of each level at the size the log is integrated to.
CREATE TABLE ledger.edges (
    log_id uuid NOT NULL,
    level  smallint NOT NULL CHECK (level >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) < 8192),
    PRIMARY KEY (log_id, level)
);
CREATE TABLE ledger.integrated (
    log_id uuid PRIMARY KEY,
    size   bigint NOT NULL CHECK (size > 0)
);

-- A practice's slot leaf from this epoch on, until the next row of the same slot.
CREATE TABLE ledger.slots (
    slot  bigint NOT NULL,
    epoch bigint NOT NULL,
    size  bigint NOT NULL CHECK (size > 0),
    root  bytea NOT NULL CHECK (octet_length(root) = 32),
    salt  bytea NOT NULL CHECK (octet_length(salt) = 16),
    PRIMARY KEY (slot, epoch)
);

CREATE TABLE ledger.epochs (
    epoch  bigint PRIMARY KEY CHECK (epoch >= 0),
    record bytea NOT NULL
);

CREATE TABLE ledger.checkpoints (
    size bigint PRIMARY KEY CHECK (size > 0),
    note bytea NOT NULL
);

-- I1: refused to everybody, the owner and replication replay included.
CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'LG403';
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['events', 'commands', 'gates', 'tiles', 'slots', 'epochs', 'checkpoints'] LOOP
        EXECUTE format('CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON ledger.%I
                        FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()', name);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER no_change', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['heads', 'integrated', 'identity'] LOOP
        EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON ledger.%I
                        FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()', name);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER no_delete', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['events', 'commands', 'gates', 'tiles', 'slots', 'epochs',
                                'checkpoints', 'heads', 'integrated', 'identity', 'edges'] LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', name);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER no_truncate', name);
    END LOOP;
END $$;
