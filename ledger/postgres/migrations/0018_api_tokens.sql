-- Tokens of programs, and the keys under which they send something again. In the gate: no text in
-- the clear, ids, hashes, choices and times only.

CREATE TABLE gate.api_tokens (
    token_sha256  bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    token_id      uuid NOT NULL UNIQUE,
    person_id     uuid NOT NULL,
    practice_id   uuid NOT NULL,
    purpose       text NOT NULL CHECK (purpose IN ('read-own', 'log-sessions', 'delete-sessions',
                                                   'members', 'compliance-review')),
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    used_at_us    bigint,
    revoked_at_us bigint,
    -- Ninety days.
    CHECK (expires_at_us > created_at_us AND expires_at_us - created_at_us <= 7776000000000)
);
CREATE INDEX ON gate.api_tokens (person_id);
CREATE INDEX ON gate.api_tokens (expires_at_us);

-- What was sent is an HMAC under a key no database holds: it tells the same body from another one.
CREATE TABLE gate.api_commands (
    command_id    uuid PRIMARY KEY,
    sent_hmac     bytea NOT NULL CHECK (octet_length(sent_hmac) = 32),
    expires_at_us bigint NOT NULL
);
CREATE INDEX ON gate.api_commands (expires_at_us);

GRANT SELECT, INSERT, DELETE ON gate.api_tokens, gate.api_commands TO therapist_gate;
GRANT SELECT ON gate.api_tokens, gate.api_commands TO therapist_backup;
GRANT UPDATE (used_at_us, revoked_at_us) ON gate.api_tokens TO therapist_gate;

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('api-token-created.v1', '{practice}', NULL, NULL),
    ('api-token-revoked.v1', '{practice}', NULL, NULL);
