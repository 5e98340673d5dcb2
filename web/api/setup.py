"""The setup for programs: enrolment, settings and supervisions as they were stated, to be read."""

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from aggregates.hours.enrolment_entry import EnrolmentEntry, Track, WeekStart
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Licence, Suitability, SupervisionEntry, Tie
from aggregates.private import Private
from projections.setup import Setup
from web.api import operation as op
from web.api.operation import Call, Nothing, Operation, Reply, row
from web.api.structs import Day, StrictStruct, Version, day_or_none


class Term(StrictStruct, frozen=True, kw_only=True):
    """A practicum; `last` is null while it goes on."""

    first: Day
    last: Day | None


class Enrolment(StrictStruct, frozen=True, kw_only=True):
    """The way to the licence; a day is null while it is not known or has not come."""

    version: Version
    track: Track
    week_start: WeekStart
    is_week_start_fixed: bool
    units_on: Day | None
    degree_on: Day | None
    application_on: Day | None
    live_scan_on: Day | None
    registration: str | None
    registered_on: Day | None
    registered_until: Day | None
    second_registration: str | None
    second_registered_on: Day | None
    second_registered_until: Day | None
    licensure_on: Day | None
    practicum: tuple[Term, ...]


class Setting(StrictStruct, frozen=True, kw_only=True):
    """A place of work."""

    id: UUID
    version: Version
    name: str
    address: str | None
    kind: SettingKind
    employment: Employment
    is_lawful: bool
    school_agreement_on: Day | None
    employer_letter_on: Day | None
    w2_years: Annotated[
        tuple[int, ...], Meta(description="tax years whose W-2 is at hand, in order")
    ]
    pay_stub_on: Day | None


class Supervision(StrictStruct, frozen=True, kw_only=True):
    """One supervisor at one setting; `supervisor_id` is the member who signs, if any does.

    `unsigned_from` is from which day on they said in writing that they will sign no hours.
    """

    id: UUID
    version: Version
    setting: UUID
    supervisor_id: UUID | None
    supervisor_name: str
    licence: Licence
    licence_number: str
    licence_from: Day
    licence_until: Day | None
    starts_on: Day
    ends_on: Day | None
    meets_alone: bool
    is_qualified: bool
    is_related: bool
    has_record_access: bool
    agreement_on: Day | None
    needs_oversight: bool
    oversight_on: Day | None
    video: Suitability
    video_assessed_on: Day | None
    tie: Annotated[Tie | None, Meta(description="to the employer, which private practices ask for")]
    unsigned_from: Day | None


class SetupStated(StrictStruct, frozen=True, kw_only=True):
    """What the person's hours rest on; `destroyed` is what nobody can read any more."""

    enrolment: Enrolment | None
    settings: tuple[Setting, ...]
    supervisions: tuple[Supervision, ...]
    destroyed: Annotated[tuple[UUID, ...], Meta(description="ids, in order")]


def _setup(call: Call[Nothing, Nothing]) -> Reply:
    found = call.records().hours.setup(call.actor)
    told = SetupStated(
        enrolment=None if found.enrolment is None else _enrolment(found, found.enrolment),
        settings=tuple(_setting(found, *each) for each in found.settings.items()),
        supervisions=tuple(_supervision(found, *each) for each in found.supervisions.items()),
        destroyed=tuple(sorted(found.shredded)),
    )
    return Reply(value=told)


def _enrolment(found: Setup, entry: EnrolmentEntry) -> Enrolment:
    assert found.enrolment_id is not None, "it was stated"
    return Enrolment(
        version=found.versions[found.enrolment_id],
        track=entry.track,
        week_start=entry.week_start,
        is_week_start_fixed=found.is_week_start_fixed,
        units_on=day_or_none(entry.units_on),
        degree_on=day_or_none(entry.degree_on),
        application_on=day_or_none(entry.application_on),
        live_scan_on=day_or_none(entry.live_scan_on),
        registration=_revealed(entry.registration),
        registered_on=day_or_none(entry.registered_on),
        registered_until=day_or_none(entry.registered_until),
        second_registration=_revealed(entry.second_registration),
        second_registered_on=day_or_none(entry.second_registered_on),
        second_registered_until=day_or_none(entry.second_registered_until),
        licensure_on=day_or_none(entry.licensure_on),
        practicum=tuple(
            Term(first=each.first.isoformat(), last=day_or_none(each.last))
            for each in entry.practicum
        ),
    )


def _setting(found: Setup, stream_id: UUID, entry: SettingEntry) -> Setting:
    return Setting(
        id=stream_id,
        version=found.versions[stream_id],
        name=entry.name.reveal(),
        address=_revealed(entry.address),
        kind=entry.kind,
        employment=entry.employment,
        is_lawful=entry.is_lawful,
        school_agreement_on=day_or_none(entry.school_agreement_on),
        employer_letter_on=day_or_none(entry.employer_letter_on),
        w2_years=entry.w2_years,
        pay_stub_on=day_or_none(entry.pay_stub_on),
    )


def _supervision(found: Setup, stream_id: UUID, entry: SupervisionEntry) -> Supervision:
    return Supervision(
        id=stream_id,
        version=found.versions[stream_id],
        setting=entry.setting_id,
        supervisor_id=entry.supervisor_id,
        supervisor_name=entry.supervisor_name.reveal(),
        licence=entry.licence,
        licence_number=entry.licence_number.reveal(),
        licence_from=entry.licence_from.isoformat(),
        licence_until=day_or_none(entry.licence_until),
        starts_on=entry.starts_on.isoformat(),
        ends_on=day_or_none(entry.ends_on),
        meets_alone=entry.meets_alone,
        is_qualified=entry.is_qualified,
        is_related=entry.is_related,
        has_record_access=entry.has_record_access,
        agreement_on=day_or_none(entry.agreement_on),
        needs_oversight=entry.needs_oversight,
        oversight_on=day_or_none(entry.oversight_on),
        video=entry.video,
        video_assessed_on=day_or_none(entry.video_assessed_on),
        tie=entry.tie,
        unsigned_from=day_or_none(found.notices.get(stream_id)),
    )


def _revealed(text: Private | None) -> str | None:
    return text.reveal() if text else None


OPERATIONS: Final = (
    Operation(
        row=row("GET", "/setup", op.LOGGERS, op.READ_OWN, reads=op.OWN_SETUP),
        name="readSetup",
        summary="The person's enrolment, settings and supervisions, as they were stated",
        handler=_setup,
        answer=SetupStated,
        body=Nothing,
        query=Nothing,
    ),
)
