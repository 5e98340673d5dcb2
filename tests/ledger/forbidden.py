"""What one role of the database must not do, though another may."""

OTHERS = (
    *("service", "writer", "sealer", "projector", "retention", "checker"),
    *("auditor", "supervisor_reader", "backup", "monitor", "gate"),
)
BECOME = {
    f"therapist_{role}": tuple(f"SET ROLE therapist_{other}" for other in OTHERS if other != role)
    for role in OTHERS
}
# Only the projector makes tables; it and retention alone take locks that belong to no table.
PROJECTORS_OWN = (
    "CREATE TABLE supervisor.mine (a int)",
    "CREATE TABLE views.mine (a int)",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_advisory_xact_lock(hashtextextended('ledger.slots', 0))",
    "SELECT pg_try_advisory_lock_shared(1, 2)",
    "SELECT pg_advisory_unlock_all()",
)
APPEND = (
    "SELECT ledger.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
    "SELECT * FROM ledger.lock_head(gen_random_uuid())",
)
SEAL = (
    "SELECT ledger.integrate(gen_random_uuid(), 0, 1, '{}', '{}', '{}', '{}', '{}')",
    "SELECT ledger.add_epoch(0, '', '{}', '{}', '{}', '{}')",
    "SELECT ledger.publish_checkpoint(1, '', '{}', '{}', '{}')",
    "SELECT ledger.name_ledger('another')",
    "SELECT ledger.add_timestamp(1, '1', '')",
    "SELECT ledger.add_cosignature(1, 'x', 1, '')",
)
READ_KEYS = (
    "SELECT wrapped FROM keys.record_keys",
    "COPY keys.record_keys TO STDOUT",
    "SELECT keys.destroyed_since(0, 10)",
)
READ_EVENTS = (
    "SELECT leaf FROM ledger.events",
    "SELECT body FROM ledger.events",
    "SELECT practice_id FROM ledger.heads",
    "COPY ledger.events TO STDOUT",
    "SELECT signature FROM ledger.slot_signatures",
)
READ_GATE = ("SELECT * FROM gate.accounts", "SELECT token_sha256 FROM gate.sessions")
READ_VIEWS = ("SELECT * FROM views.tracking", "SELECT * FROM views.parked")
FORBIDDEN_TO = {
    "therapist_service": (
        *BECOME["therapist_service"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        "SELECT * FROM migrations.applied FOR UPDATE",
        "SELECT keys.destroy(gen_random_uuid(), gen_random_uuid(), 0)",
        "DELETE FROM views.tracking",
        "UPDATE views.tracking SET position = 0",
    ),
    "therapist_projector": (
        *BECOME["therapist_projector"],
        *READ_GATE,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        "SELECT * FROM keys.record_keys",
        "SELECT * FROM ledger.commands",
        "SELECT * FROM ledger.slot_signatures",
        "SELECT ledger.lock_head(gen_random_uuid())",
        "SELECT ledger.name_ledger('another')",
    ),
    "therapist_retention": (
        *BECOME["therapist_retention"],
        *READ_GATE,
        *APPEND,
        *SEAL,
        *READ_EVENTS,
        "SELECT * FROM ledger.events",
        "SELECT body FROM ledger.events",
        "SELECT * FROM ledger.heads",
        "SELECT * FROM views.tracking",
        "SELECT ledger.lock_head(gen_random_uuid())",
    ),
    "therapist_auditor": (
        *BECOME["therapist_auditor"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        "SELECT body FROM ledger.events",
        "SELECT * FROM ledger.events",
        "COPY ledger.events TO STDOUT",
        "SELECT * FROM keys.record_keys",
        "SELECT * FROM keys.epochs",
        "SELECT * FROM views.tracking",
        "SELECT ledger.lock_head(gen_random_uuid())",
    ),
    "therapist_writer": (
        *BECOME["therapist_writer"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *SEAL,
        *READ_KEYS,
        *READ_VIEWS,
        "SELECT body FROM ledger.events",
        "SELECT * FROM ledger.slots",
        "SELECT * FROM ledger.slot_signatures",
    ),
    "therapist_sealer": (
        *BECOME["therapist_sealer"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *READ_KEYS,
        *READ_VIEWS,
        "SELECT body FROM ledger.events",
        "SELECT * FROM ledger.commands",
    ),
    "therapist_checker": (
        *BECOME["therapist_checker"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        *READ_VIEWS,
    ),
    "therapist_supervisor_reader": (
        *BECOME["therapist_supervisor_reader"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        *READ_VIEWS,
        *READ_EVENTS,
        "SELECT * FROM ledger.checkpoints",
        "SELECT * FROM migrations.applied",
    ),
    "therapist_backup": (
        *BECOME["therapist_backup"],
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        READ_KEYS[-1],
    ),
    "therapist_monitor": (
        *BECOME["therapist_monitor"],
        *READ_GATE,
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        *READ_VIEWS,
        *READ_EVENTS,
        "SELECT * FROM ledger.checkpoints",
        "SELECT * FROM supervisor.anything",
    ),
    "therapist_gate": (
        *BECOME["therapist_gate"],
        *PROJECTORS_OWN,
        *APPEND,
        *SEAL,
        *READ_KEYS,
        *READ_VIEWS,
        *READ_EVENTS,
        "SELECT * FROM migrations.applied",
        "UPDATE gate.sessions SET assurance = 'passkey'",
    ),
}
