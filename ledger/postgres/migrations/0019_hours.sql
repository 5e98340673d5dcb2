-- Hours: activities, what they rest on, and the weeks that are signed.

INSERT INTO ledger.event_types (type, needs, opens, closes) VALUES
    ('activity-logged.v1', '{practice,baa}', NULL, NULL),
    ('activity-corrected.v1', '{practice,baa}', NULL, NULL),
    ('activity-deleted.v1', '{practice,baa}', NULL, NULL),
    ('enrolment-stated.v1', '{practice}', NULL, NULL),
    ('week-start-fixed.v1', '{practice}', NULL, NULL),
    ('setting-stated.v1', '{practice}', NULL, NULL),
    ('supervision-stated.v1', '{practice}', NULL, NULL),
    ('signing-refused.v1', '{practice}', NULL, NULL),
    ('week-submitted.v1', '{practice,baa}', NULL, NULL),
    ('week-returned.v1', '{practice,baa}', NULL, NULL),
    ('week-signed.v1', '{practice,baa}', NULL, NULL),
    ('week-amended.v1', '{practice,baa}', NULL, NULL);
