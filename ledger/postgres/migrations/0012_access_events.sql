-- Who looked at what, and who was not let.

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('records-read.v1', '{practice}', NULL, NULL),
    ('access-refused.v1', '{practice}', NULL, NULL);
