-- Read models: how far each has come; their own tables are made by the projector itself.

SET LOCAL ROLE therapist_projector;
CREATE TABLE views.tracking (
    read_model  text NOT NULL,
    practice_id uuid NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (read_model, practice_id)
);
CREATE TABLE views.parked (
    read_model  text NOT NULL,
    practice_id uuid NOT NULL,
    position    bigint NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (read_model, practice_id)
);
CREATE TABLE views.definitions (
    read_model text PRIMARY KEY,
    sha256     bytea NOT NULL
);
GRANT USAGE ON SCHEMA views TO therapist_service;
GRANT SELECT ON views.tracking, views.parked TO therapist_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA views GRANT SELECT ON TABLES TO therapist_service;
