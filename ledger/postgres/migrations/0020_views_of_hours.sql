-- Views of hours: the therapist's holds activities, too, and is named for what it holds. It is
-- rebuilt when its follower starts; until then its old rows, sessions all, go on being shown.

SET LOCAL ROLE therapist_projector;
ALTER TABLE IF EXISTS views.therapist_sessions RENAME TO therapist_entries;
ALTER TABLE IF EXISTS views.therapist_entries
    ADD COLUMN IF NOT EXISTS is_activity boolean NOT NULL DEFAULT false;
SET LOCAL ROLE therapist_owner;
