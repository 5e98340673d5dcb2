"""One instance of every fact, by the name it has in tests/golden/facts.txt."""

import datetime as dt
from uuid import UUID

import msgspec

from aggregates.access import (
    AccessRefused,
    OperatorRead,
    Purpose,
    RecordKind,
    RecordsRead,
    RefusedFor,
)
from aggregates.api_token import ApiTokenCreated, ApiTokenRevoked, TokenPurpose
from aggregates.catalogue import Fact
from aggregates.deletion import DeletionReason
from aggregates.emergency import (
    EmergencyApproved,
    EmergencyAsked,
    EmergencyBegun,
    EmergencyDeclined,
    EmergencyEnd,
    EmergencyEnded,
    EmergencyReason,
    EmergencyTold,
)
from aggregates.holds import HoldLifted, HoldPlaced, HoldReason
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.operator_log import (
    OperatorAct,
    OperatorActed,
    OperatorLogOpened,
    SettingChange,
    SettingsChanged,
)
from aggregates.person import (
    Agent,
    PasskeyRegistered,
    PasskeyRevoked,
    RecoveryApproved,
    SessionRevoked,
    SignedIn,
    SignedOut,
)
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed, PracticeOpened, Role
from aggregates.private import Private
from aggregates.session import SessionCorrected, SessionDeleted, SessionLogged
from aggregates.session_entry import Modality, Participants, Service, SessionEntry
from aggregates.shredding import KeyShredded, ShredOrdered, ShredReason
from tests.aggregates import hours_examples

PERSON = UUID("018f0000-0000-7000-8000-000000000001")
STREAM = UUID("018f0000-0000-7000-8000-000000000002")
KEY = UUID("018f0000-0000-7000-8000-000000000003")
HASH = bytes(range(32))
ENTRY = SessionEntry(
    date=dt.date(2024, 2, 29),
    start_minute=570,
    minutes=50,
    setting=Private("Café Rivière"),
    alias=Private("Å.Ö."),
    modality=Modality.IN_PERSON,
    participants=Participants.INDIVIDUAL,
)
CORRECTED = SessionEntry(
    date=dt.date(2026, 12, 31),
    start_minute=1439,
    minutes=1,
    setting=Private("Riverside"),
    alias=Private("C-001"),
    modality=Modality.VIDEO,
    participants=Participants.GROUP,
)

SUPERVISED_ENTRY = msgspec.structs.replace(
    CORRECTED, supervision_id=hours_examples.SUPERVISION, service=Service.PSYCHOTHERAPY
)

# A fact of a new shape gets a new name; what stands here is never edited.
EXAMPLES: dict[str, Fact] = {
    "operator-log-opened": OperatorLogOpened(),
    "practice-opened": PracticeOpened(),
    "practice-named": PracticeNamed(name=Private("Riverside")),
    "member-joined": MemberJoined(
        person_id=PERSON, role=Role.COMPLIANCE_OFFICER, name=Private("Robin Roe"), invited_by=STREAM
    ),
    "member-joined-until": MemberJoined(
        person_id=PERSON,
        role=Role.AUDITOR,
        name=Private("Kai Roe"),
        invited_by=STREAM,
        ends_at_us=1_800_000_000_000_000,
    ),
    "member-invited": MemberInvited(
        person_id=PERSON,
        role=Role.SUPERVISOR,
        invited_by=STREAM,
        expires_at_us=1_790_000_000_000_000,
    ),
    "member-invited-until": MemberInvited(
        person_id=PERSON,
        role=Role.AUDITOR,
        invited_by=STREAM,
        expires_at_us=1_790_000_000_000_000,
        ends_at_us=1_800_000_000_000_000,
    ),
    "member-role-changed": MemberRoleChanged(
        person_id=PERSON,
        before=Role.AUDITOR,
        after=Role.THERAPIST,
        changed_by=STREAM,
        ends_at_us_before=1_800_000_000_000_000,
    ),
    "member-left": MemberLeft(
        person_id=PERSON, before=Role.THERAPIST, removed_by=STREAM, was_member=True
    ),
    "passkey-registered": PasskeyRegistered(
        person_id=PERSON,
        credential_id=HASH,
        public_key=HASH * 2,
        aaguid=KEY,
        may_be_synced=True,
        is_synced=False,
    ),
    "passkey-revoked": PasskeyRevoked(person_id=PERSON, credential_id=HASH),
    "signed-in": SignedIn(
        person_id=PERSON,
        session_id=KEY,
        credential_id=HASH,
        agent=Agent.FIREFOX,
        address=Private("192.0.2.7"),
    ),
    "signed-in-by-link": SignedIn(
        person_id=PERSON,
        session_id=KEY,
        credential_id=None,
        agent=Agent.OTHER,
        address=Private("2001:db8::7"),
    ),
    "signed-out": SignedOut(session_id=KEY, address=Private("192.0.2.7")),
    "session-revoked": SessionRevoked(session_id=KEY, address=Private("192.0.2.7")),
    "recovery-approved": RecoveryApproved(
        person_id=PERSON, approved_by=STREAM, opens_at_us=1_790_000_000_000_000
    ),
    "baa-signed": BaaSigned(
        document_sha256=HASH,
        document_version="2026-01",
        signer_id=PERSON,
        ip_address=Private("192.0.2.7"),
    ),
    "baa-signed-without-address": BaaSigned(
        document_sha256=HASH, document_version="2026-01", signer_id=PERSON
    ),
    "session-logged": SessionLogged(therapist_id=PERSON, entry=ENTRY),
    "session-corrected": SessionCorrected(entry=CORRECTED),
    "session-deleted": SessionDeleted(
        reason=DeletionReason.WRONG_CLIENT, remark=Private("see Tuesday")
    ),
    "session-deleted-without-remark": SessionDeleted(reason=DeletionReason.OTHER),
    "shred-ordered": ShredOrdered(
        stream_id=STREAM, key_id=KEY, reason=ShredReason.DELETION_REQUESTED
    ),
    "key-shredded": KeyShredded(
        stream_id=STREAM,
        key_id=KEY,
        wrapped_sha256=HASH,
        key_epoch=2**40,
        destroyed_at_us=1_800_000_000_123_456,
    ),
    "records-read-own-week": RecordsRead(
        reader_id=PERSON,
        role=Role.THERAPIST,
        kind=RecordKind.WEEK,
        whose=PERSON,
        stream_id=None,
        day=dt.date(2026, 12, 27),
        purpose=Purpose.OWN_RECORD,
        ip_address=Private("2001:db8::7"),
    ),
    "records-read-whole-practice": RecordsRead(
        reader_id=PERSON,
        role=Role.COMPLIANCE_OFFICER,
        kind=RecordKind.REPLAY,
        whose=None,
        stream_id=None,
        day=None,
        purpose=Purpose.COMPLIANCE_REVIEW,
    ),
    "access-refused": AccessRefused(
        reader_id=PERSON,
        role=Role.SUPERVISOR,
        kind=RecordKind.SESSION,
        whose=KEY,
        stream_id=STREAM,
        reason=RefusedFor.NOT_THEIRS,
        ip_address=Private("192.0.2.7"),
    ),
    "session-logged-under-supervision": SessionLogged(therapist_id=PERSON, entry=SUPERVISED_ENTRY),
    "session-corrected-under-supervision": SessionCorrected(entry=SUPERVISED_ENTRY),
    **hours_examples.EXAMPLES,
    "records-read-under-emergency-access": RecordsRead(
        reader_id=PERSON,
        role=Role.OWNER,
        kind=RecordKind.WEEK,
        whose=KEY,
        stream_id=None,
        day=dt.date(2026, 12, 27),
        purpose=Purpose.EMERGENCY,
    ),
    "operator-read": OperatorRead(kind=RecordKind.EXPORT, purpose=Purpose.VERIFICATION),
    "emergency-asked": EmergencyAsked(
        whose=KEY,
        asked_by=PERSON,
        role=Role.COMPLIANCE_OFFICER,
        reason=EmergencyReason.CLIENT_AT_RISK,
        remark=Private("called at noon"),
        minutes=30,
        expires_at_us=1_790_000_000_000_000,
    ),
    "emergency-asked-without-remark": EmergencyAsked(
        whose=KEY,
        asked_by=PERSON,
        role=Role.OWNER,
        reason=EmergencyReason.OTHER,
        remark=None,
        minutes=60,
        expires_at_us=1_790_000_000_000_000,
    ),
    "emergency-approved": EmergencyApproved(whose=KEY, approved_by=STREAM, role=Role.OWNER),
    "emergency-declined": EmergencyDeclined(whose=KEY, declined_by=STREAM, role=Role.OWNER),
    "emergency-told": EmergencyTold(whose=KEY, minutes=30),
    "emergency-begun": EmergencyBegun(
        whose=KEY,
        begun_by=PERSON,
        role=Role.COMPLIANCE_OFFICER,
        ends_at_us=1_790_000_000_000_000,
    ),
    "emergency-ended": EmergencyEnded(
        whose=KEY, how=EmergencyEnd.ENDED_BY_HAND, ended_by=STREAM, role=Role.OWNER
    ),
    "emergency-ended-by-time": EmergencyEnded(
        whose=KEY, how=EmergencyEnd.TIME_OVER, ended_by=None, role=None
    ),
    "hold-placed": HoldPlaced(
        hold_id=KEY,
        placed_by=PERSON,
        whose=STREAM,
        stream_id=None,
        reason=HoldReason.LITIGATION,
        remark=Private("docket 12"),
    ),
    "hold-lifted": HoldLifted(hold_id=KEY, lifted_by=PERSON, whose=None, stream_id=STREAM),
    "settings-changed": SettingsChanged(
        changes=(
            SettingChange(name="TIME_ZONE", before=None, after="America/Los_Angeles"),
            SettingChange(name="HTTPS_PORT", before="8443", after="443"),
        )
    ),
    "operator-acted": OperatorActed(act=OperatorAct.EPOCH_ROTATED, before=b"\x01", after=b"\x02"),
    "records-read-by-a-program": RecordsRead(
        reader_id=PERSON,
        role=Role.THERAPIST,
        kind=RecordKind.SESSION,
        whose=PERSON,
        stream_id=STREAM,
        day=None,
        purpose=Purpose.OWN_RECORD,
        ip_address=Private("192.0.2.7"),
        token_id=KEY,
    ),
    "access-refused-to-a-program": AccessRefused(
        reader_id=PERSON,
        role=Role.SUPERVISOR,
        kind=RecordKind.SESSION,
        whose=None,
        stream_id=STREAM,
        reason=RefusedFor.ROLE,
        token_id=KEY,
    ),
    "api-token-created": ApiTokenCreated(
        person_id=PERSON,
        token_id=KEY,
        purpose=TokenPurpose.LOG_SESSIONS,
        expires_at_us=1_800_000_000_000_000,
    ),
    "api-token-revoked": ApiTokenRevoked(person_id=PERSON, token_id=KEY),
}
