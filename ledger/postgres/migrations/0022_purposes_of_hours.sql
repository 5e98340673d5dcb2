-- Programs hand weeks in, and read the weeks that were handed to a supervisor: a purpose each.

ALTER TABLE gate.api_tokens
    DROP CONSTRAINT api_tokens_purpose_check,
    ADD CONSTRAINT api_tokens_purpose_check
        CHECK (purpose IN ('read-own', 'log-sessions', 'delete-sessions', 'submit-weeks',
                           'supervise', 'members', 'compliance-review'));
