-- Signing: the challenge of a statement is of a kind of its own, so that no other can serve as it.

ALTER TABLE gate.challenges
    DROP CONSTRAINT challenges_purpose_check,
    ADD CONSTRAINT challenges_purpose_check
        CHECK (purpose IN ('enrol', 'sign-in', 'step-up', 'sign-week'));
