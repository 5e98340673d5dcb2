-- The closed catalogue of events: what is not listed here cannot be appended.

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('operator-log-opened.v1', '{}', 'operator', NULL),
    ('practice-opened.v1', '{}', 'practice', NULL),
    ('practice-named.v1', '{practice}', NULL, NULL),
    ('member-joined.v1', '{practice}', NULL, NULL),
    ('baa-signed.v1', '{practice}', 'baa', NULL),
    ('session-logged.v1', '{practice,baa}', NULL, NULL),
    ('session-corrected.v1', '{practice,baa}', NULL, NULL),
    ('session-deleted.v1', '{practice,baa}', NULL, NULL),
    ('shred-ordered.v1', '{practice}', NULL, NULL),
    ('key-shredded.v1', '{practice}', NULL, NULL);
