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
