"""Which hours count at all: setting, registration, supervisor, and the form of a supervision."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from aggregates.bbs.causes import Cause
from aggregates.bbs.claims import Claim
from aggregates.bbs.columns import Column
from aggregates.bbs.practicum import Practicum, practicum_on
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_of
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from aggregates.hours.setting_entry import Employment
from aggregates.hours.supervision_entry import Suitability, SupervisionEntry, Tie
from aggregates.session_entry import Modality

# The rule on Live Scan is for graduate study completed from then on: BPC 4980.43(b)(1)(C).
LIVE_SCAN_FROM: Final = dt.date(2020, 1, 1)
DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """How many minutes of an entry may count, in the strictest and the most generous reading."""

    conservative: int
    optimistic: int
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with an entry; one that is open may turn out to be none."""

    cause: Cause
    is_open: bool = False


def standing_of(claim: Claim, enrolment: EnrolmentEntry, as_of: dt.date) -> Standing:
    """Judge an entry by itself; a certain flaw outweighs those that are open."""
    flaws = [
        flaw
        for flaw in (
            _place(claim),
            _person(claim, enrolment, as_of),
            _setting(claim),
            _supervisor(claim),
            _form(claim, enrolment.track),
            _received(claim, enrolment, as_of),
        )
        if flaw is not None
    ]
    parts = _parts(claim, enrolment.track)
    if not flaws:
        return parts
    for flaw in flaws:
        if not flaw.is_open:
            return Standing(0, 0, flaw.cause)
    return Standing(0, parts.optimistic, flaws[0].cause)


def registration_ends(registered_on: dt.date) -> dt.date:
    """Return the last day a registration can be renewed to: six years after its month of issue."""
    years = rule_of(Check.REGISTRATION_AGE, Track.LMFT).count  # of all tracks
    year, month = registered_on.year + years, registered_on.month
    following = dt.date(year + month // DECEMBER, month % DECEMBER + 1, 1)
    return following - dt.timedelta(days=1)


def _place(claim: Claim) -> Flaw | None:
    if claim.supervision is None:
        return Flaw(Cause.NO_SUPERVISION)
    if claim.setting is None:
        return Flaw(Cause.NO_SETTING)
    return None if claim.placement.columns else Flaw(Cause.NOT_IN_TRACK)


def _person(claim: Claim, enrolment: EnrolmentEntry, as_of: dt.date) -> Flaw | None:
    if claim.phase is Phase.AFTER_DEGREE:
        return _associate(claim, enrolment)
    if enrolment.track is not Track.LMFT:
        return Flaw(Cause.BEFORE_DEGREE_NEVER)
    return _trainee(claim, enrolment, as_of)


def _trainee(claim: Claim, enrolment: EnrolmentEntry, as_of: dt.date) -> Flaw | None:
    if claim.setting is not None and claim.setting.kind.is_private:
        return Flaw(Cause.TRAINEE_IN_PRIVATE)
    if enrolment.units_on is not None and claim.day < enrolment.units_on:
        return Flaw(Cause.BEFORE_UNITS)
    if claim.is_direct and not enrolment.practicum:
        return _open(Cause.PRACTICUM_NOT_STATED)
    if claim.is_direct:
        practicum = practicum_on(claim.day, enrolment, as_of)
        if practicum is not Practicum.ENROLLED:
            return Flaw(Cause.NO_PRACTICUM, is_open=practicum is Practicum.UNKNOWN)
    return _open(Cause.BEFORE_UNITS) if enrolment.units_on is None else None


def _associate(claim: Claim, enrolment: EnrolmentEntry) -> Flaw | None:
    held = enrolment.registration_on(claim.day)
    if held.issued_on is None or claim.day < held.issued_on:
        return _unregistered(claim, enrolment)
    is_private = claim.setting is not None and claim.setting.kind.is_private
    if held.is_second and is_private:
        return Flaw(Cause.SECOND_IN_PRIVATE)
    if registration_ends(held.issued_on) < claim.day:
        # What is stated of a second number settles the days before it. Of one that is not stated
        # nothing is known, but that it is never one for a private practice.
        is_settled = enrolment.second_registered_on is not None and not held.is_second
        return Flaw(Cause.REGISTRATION_DEAD, is_open=not is_private and not is_settled)
    if held.until is not None and held.until < claim.day:
        return Flaw(Cause.REGISTRATION_EXPIRED)
    return None


def _unregistered(claim: Claim, enrolment: EnrolmentEntry) -> Flaw | None:
    """Judge by the 90-day rule."""
    if claim.setting is not None and claim.setting.kind.is_private:
        return Flaw(Cause.NOT_REGISTERED_PRIVATE)
    degree_on, application_on = enrolment.degree_on, enrolment.application_on
    assert degree_on is not None, "an entry after the degree"
    if application_on is None:
        # Whoever is registered has applied.
        is_known = enrolment.registered_on is None
        return Flaw(Cause.NOT_REGISTERED) if is_known else _open(Cause.APPLICATION_NOT_STATED)
    if (application_on - degree_on).days > rule_of(Check.NINETY_DAYS, enrolment.track).count:
        return Flaw(Cause.APPLICATION_LATE)
    scanned = _unscanned(claim, enrolment.live_scan_on) if degree_on >= LIVE_SCAN_FROM else None
    is_pending = enrolment.registered_on is None
    return scanned or (_open(Cause.REGISTRATION_PENDING) if is_pending else None)


def _unscanned(claim: Claim, live_scan_on: dt.date | None) -> Flaw | None:
    if live_scan_on is None:
        return _open(Cause.LIVE_SCAN_NOT_STATED)
    return Flaw(Cause.NO_LIVE_SCAN) if claim.day < live_scan_on else None


def _open(cause: Cause) -> Flaw:
    return Flaw(cause, is_open=True)


def _received(claim: Claim, enrolment: EnrolmentEntry, as_of: dt.date) -> Flaw | None:
    """Leave open what came after the receipt: BPC 4996.23(d)(4) counts six years before it."""
    received_on = enrolment.licensure_on
    if enrolment.track is not Track.LCSW or received_on is None or received_on > as_of:
        return None
    return _open(Cause.AFTER_RECEIPT) if received_on < claim.day else None


def _setting(claim: Claim) -> Flaw | None:
    if claim.setting is None:
        return None
    if claim.setting.employment is Employment.CONTRACTOR:
        return Flaw(Cause.CONTRACTOR)
    return None if claim.setting.is_lawful else Flaw(Cause.UNLAWFUL)


def _supervisor(claim: Claim) -> Flaw | None:
    supervision = claim.supervision
    if supervision is None:
        return None
    for is_flawed, cause in (
        (not _is_going_on(supervision, claim.day), Cause.OUTSIDE_SUPERVISION),
        (supervision.is_related, Cause.RELATED),
        (not supervision.is_qualified, Cause.UNQUALIFIED),
        (not is_licensed(supervision, claim.day), Cause.LICENCE_NOT_ACTIVE),
    ):
        if is_flawed:
            return Flaw(cause)
    is_private = claim.setting is not None and claim.setting.kind.is_private
    return _in_private(supervision) if is_private else None


def _in_private(supervision: SupervisionEntry) -> Flaw | None:
    """Ask for both: a tie to the employer, and clients there or access to the records."""
    if supervision.tie is Tie.NONE:
        return Flaw(Cause.NO_TIE)
    if supervision.tie is None:
        return _open(Cause.TIE_MISSING)
    if not supervision.has_record_access:
        return _open(Cause.NO_RECORD_ACCESS)
    return None


def _is_going_on(supervision: SupervisionEntry, day: dt.date) -> bool:
    ends_on = supervision.ends_on
    return supervision.starts_on <= day and (ends_on is None or day <= ends_on)


def is_licensed(supervision: SupervisionEntry, day: dt.date) -> bool:
    """Tell whether the licence was seen to be active on a day."""
    until = supervision.licence_until
    return supervision.licence_from <= day and (until is None or day <= until)


def _form(claim: Claim, track: Track) -> Flaw | None:
    activity = claim.activity
    if activity is None:
        return None
    if activity.kind.is_supervision:
        return _contact(activity, claim.supervision, track)
    return _open(Cause.NOTES_OPEN) if Column.B in claim.placement.open else None


def _contact(
    activity: ActivityEntry, supervision: SupervisionEntry | None, track: Track
) -> Flaw | None:
    if activity.modality is Modality.PHONE:
        return Flaw(Cause.BY_PHONE)
    is_ruled = rule_of(Check.VIDEO, track).holds_on(activity.date)
    is_video = activity.modality is Modality.VIDEO
    if is_video and is_ruled and _has_found_unsuitable(supervision, activity.date):
        return Flaw(Cause.VIDEO_UNSUITABLE)
    size, size_max = activity.supervisees, rule_of(Check.GROUP_SIZE, track).count
    is_group = activity.kind is ActivityKind.SUPERVISION_GROUP
    if is_group and size is not None and size > size_max:
        return Flaw(Cause.GROUP_TOO_LARGE)
    return None


def _has_found_unsuitable(supervision: SupervisionEntry | None, day: dt.date) -> bool:
    if supervision is None or supervision.video is not Suitability.UNSUITABLE:
        return False
    return supervision.video_assessed_on is None or supervision.video_assessed_on <= day


def _parts(claim: Claim, track: Track) -> Standing:
    """Take what counts of a group supervision: its parts of an hour and longer."""
    activity = claim.activity
    if activity is None or activity.kind is not ActivityKind.SUPERVISION_GROUP:
        return Standing(claim.minutes, claim.minutes)
    parts, least = (
        activity.segments or (activity.minutes,),
        rule_of(Check.GROUP_PART, track).minutes,
    )
    minutes = sum(part for part in parts if part >= least)
    cause = None if minutes == claim.minutes else Cause.PARTS_TOO_SHORT
    return Standing(minutes, minutes, cause)
