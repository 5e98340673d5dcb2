-- The gate: who may come in, and how they prove it. One role may use it, and that role nothing else.
-- No personal text is in the clear: addresses are sealed, everything else is ids, hashes and times.

RESET ROLE;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'therapist_gate') THEN
        BEGIN
            CREATE ROLE therapist_gate LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            -- Roles belong to the whole server: another database's migration was first.
            NULL;
        END;
    END IF;
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT therapist_gate TO %I', current_user);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO therapist_gate', current_database());
END
$$;
SET LOCAL ROLE therapist_owner;

CREATE SCHEMA gate;
GRANT USAGE ON SCHEMA gate TO therapist_gate;

-- The index is an HMAC of the address under a key no database holds; the address itself is padded
-- to one length before it is sealed.
CREATE TABLE gate.accounts (
    person_id     uuid PRIMARY KEY,
    email_index   bytea NOT NULL UNIQUE CHECK (octet_length(email_index) = 32),
    email_sealed  bytea NOT NULL CHECK (octet_length(email_sealed) = 284),
    created_at_us bigint NOT NULL
);

CREATE TABLE gate.passkeys (
    credential_id    bytea PRIMARY KEY CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    person_id        uuid NOT NULL REFERENCES gate.accounts,
    public_key       bytea NOT NULL CHECK (octet_length(public_key) BETWEEN 1 AND 2048),
    sign_count       bigint NOT NULL CHECK (sign_count >= 0),
    aaguid           uuid NOT NULL,
    may_be_synced    boolean NOT NULL,
    is_synced        boolean NOT NULL,
    registered_at_us bigint NOT NULL,
    used_at_us       bigint,
    revoked_at_us    bigint
);
CREATE INDEX ON gate.passkeys (person_id);

-- person_id is null for an address nobody has: asking leaves the same row either way.
CREATE TABLE gate.links (
    token_sha256   bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    person_id      uuid REFERENCES gate.accounts,
    browser_sha256 bytea NOT NULL CHECK (octet_length(browser_sha256) = 32),
    code_sha256    bytea NOT NULL CHECK (octet_length(code_sha256) = 32),
    tries          smallint NOT NULL DEFAULT 0,
    expires_at_us  bigint NOT NULL
);
CREATE INDEX ON gate.links (expires_at_us);

CREATE TABLE gate.challenges (
    challenge_sha256 bytea PRIMARY KEY CHECK (octet_length(challenge_sha256) = 32),
    purpose          text NOT NULL CHECK (purpose IN ('enrol', 'sign-in', 'step-up')),
    bound_to         bytea NOT NULL CHECK (octet_length(bound_to) = 32),
    expires_at_us    bigint NOT NULL
);
CREATE INDEX ON gate.challenges (expires_at_us);

-- practice_id is null until one is chosen, credential_id without a passkey. The agent is a class
-- from a closed list.
CREATE TABLE gate.sessions (
    token_sha256     bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    session_id       uuid NOT NULL UNIQUE,
    person_id        uuid NOT NULL,
    practice_id      uuid,
    credential_id    bytea,
    assurance        text NOT NULL CHECK (assurance IN ('enrolment', 'passkey')),
    agent            text NOT NULL CHECK (agent IN ('chrome', 'edge', 'firefox', 'safari', 'other')),
    opened_at_us     bigint NOT NULL,
    seen_at_us       bigint NOT NULL,
    stepped_up_at_us bigint NOT NULL,
    ends_at_us       bigint NOT NULL,
    revoked_at_us    bigint
);
CREATE INDEX ON gate.sessions (person_id);
CREATE INDEX ON gate.sessions (ends_at_us);

CREATE TABLE gate.recovery_codes (
    person_id  uuid NOT NULL REFERENCES gate.accounts,
    place      smallint NOT NULL CHECK (place BETWEEN 1 AND 10),
    salt       bytea NOT NULL CHECK (octet_length(salt) = 16),
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    used_at_us bigint,
    PRIMARY KEY (person_id, place)
);

-- A recovery is asked for, approved by an owner, and open from a day later on; it ends by use, by
-- the person's own objection, or by its time.
CREATE TABLE gate.recoveries (
    person_id      uuid PRIMARY KEY REFERENCES gate.accounts,
    practice_id    uuid NOT NULL,
    asked_at_us    bigint NOT NULL,
    opens_at_us    bigint,
    expires_at_us  bigint NOT NULL
);

-- The moments of what was taken from a bucket and still counts; a bucket's name is a keyed hash.
CREATE TABLE gate.rates (
    bucket        bytea PRIMARY KEY CHECK (octet_length(bucket) = 32),
    taken_at_us   bigint[] NOT NULL,
    expires_at_us bigint NOT NULL
);
CREATE INDEX ON gate.rates (expires_at_us);

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA gate TO therapist_gate;
GRANT DELETE ON gate.links, gate.challenges, gate.sessions, gate.recovery_codes, gate.recoveries,
    gate.rates TO therapist_gate;
GRANT UPDATE (sign_count, may_be_synced, is_synced, used_at_us, revoked_at_us) ON gate.passkeys
    TO therapist_gate;
GRANT UPDATE (tries) ON gate.links TO therapist_gate;
GRANT UPDATE (token_sha256, seen_at_us, stepped_up_at_us, revoked_at_us) ON gate.sessions
    TO therapist_gate;
GRANT UPDATE (used_at_us) ON gate.recovery_codes TO therapist_gate;
GRANT UPDATE (practice_id, asked_at_us, opens_at_us, expires_at_us) ON gate.recoveries
    TO therapist_gate;
GRANT UPDATE ON gate.rates TO therapist_gate;

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('passkey-registered.v1', '{practice}', NULL, NULL),
    ('passkey-revoked.v1', '{practice}', NULL, NULL),
    ('signed-in.v1', '{practice}', NULL, NULL),
    ('signed-out.v1', '{practice}', NULL, NULL),
    ('session-revoked.v1', '{practice}', NULL, NULL),
    ('recovery-approved.v1', '{practice}', NULL, NULL),
    ('member-invited.v1', '{practice}', NULL, NULL),
    ('member-role-changed.v1', '{practice}', NULL, NULL),
    ('member-left.v1', '{practice}', NULL, NULL);
