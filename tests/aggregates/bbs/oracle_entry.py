"""A second reading of one entry by the statutes: its columns, and whether it may count at all."""

import calendar
import datetime as dt
from enum import IntEnum

from aggregates.bbs.history import History, Recorded
from aggregates.hours.activity_entry import ActivityEntry, ActivityKind
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Suitability, SupervisionEntry, Tie
from aggregates.session_entry import Modality, Participants, Service, SessionEntry


class Sure(IntEnum):
    """Whether an entry may count: in no reading, in the generous one, in both."""

    NEVER = 0
    OPEN = 1
    SURE = 2


def columns_of(track: Track, recorded: Recorded) -> tuple[set[str], set[str]]:
    """Return the columns an entry is printed in, and those that the law leaves open."""
    entry = recorded.entry
    if isinstance(entry, SessionEntry):
        return _session_columns(track, entry)
    is_social_work = track is Track.LCSW
    match entry.kind:
        case ActivityKind.SUPERVISION_INDIVIDUAL | ActivityKind.SUPERVISION_TRIADIC:
            columns = {"b", "b1"}
        case ActivityKind.SUPERVISION_GROUP:
            columns = {"b", "b2"}
        case ActivityKind.CONSULTATION | ActivityKind.RESEARCH:
            columns = {"b"} if is_social_work else set[str]()
        case _:
            columns = {"b"}
    is_open = is_social_work and entry.kind is ActivityKind.NOTES
    return columns, {"b"} if is_open else set()


def _session_columns(track: Track, entry: SessionEntry) -> tuple[set[str], set[str]]:
    in_family = entry.participants in (Participants.COUPLE, Participants.FAMILY)
    if track is Track.LMFT:
        return {"a", "a1"} if in_family or entry.participants is Participants.CHILD else {
            "a"
        }, set()
    if track is Track.LPCC or entry.service in (Service.ASSESSMENT, Service.OTHER_CLINICAL):
        return {"a"}, set()
    is_clear = entry.service is Service.PSYCHOTHERAPY and entry.modality is not Modality.PHONE
    return ({"a", "a1"}, set()) if is_clear and not in_family else ({"a"}, {"a1"})


def counting_minutes(recorded: Recorded) -> int:
    """Return its minutes without the parts of a group that are shorter than an hour."""
    entry = recorded.entry
    if isinstance(entry, ActivityEntry) and entry.kind is ActivityKind.SUPERVISION_GROUP:
        return sum(part for part in entry.segments or (entry.minutes,) if part >= 60)
    return recorded.minutes


def standing(history: History, recorded: Recorded, as_of: dt.date) -> Sure:
    """Return whether the entry may count, before any week or limit is looked at."""
    enrolment = history.enrolment
    supervision_id = recorded.entry.supervision_id
    supervision = None if supervision_id is None else history.supervisions.get(supervision_id)
    setting = None if supervision is None else history.settings.get(supervision.setting_id)
    if supervision is None or setting is None:
        return Sure.NEVER
    printed, left_open = columns_of(enrolment.track, recorded)
    if not printed:
        return Sure.NEVER
    if enrolment.phase_of(recorded.day) is Phase.BEFORE_DEGREE:
        phase = _trainee(enrolment, setting, recorded, as_of)
    else:
        phase = _associate(enrolment, setting, recorded.day)
    notes = Sure.OPEN if "b" in left_open else Sure.SURE
    place = min(_place(setting), _private(setting, supervision))
    return min(
        *(phase, notes, place, _received(enrolment, recorded.day, as_of)),
        *(_supervisor(supervision, recorded.day), _contact(supervision, recorded)),
    )


def _received(enrolment: EnrolmentEntry, day: dt.date, as_of: dt.date) -> Sure:
    received = enrolment.licensure_on
    is_after = received is not None and received <= as_of and received < day
    return Sure.OPEN if enrolment.track is Track.LCSW and is_after else Sure.SURE


def _trainee(
    enrolment: EnrolmentEntry, setting: SettingEntry, recorded: Recorded, as_of: dt.date
) -> Sure:
    if enrolment.track is not Track.LMFT or _is_private(setting):
        return Sure.NEVER
    found = Sure.SURE
    if enrolment.units_on is None:
        found = Sure.OPEN
    elif recorded.day < enrolment.units_on:
        found = Sure.NEVER
    if isinstance(recorded.entry, SessionEntry):
        found = min(found, practicum(enrolment, recorded.day, as_of))
    return found


def practicum(enrolment: EnrolmentEntry, day: dt.date, as_of: dt.date) -> Sure:
    """Return whether a trainee may counsel: in a term, or fewer than 90 days between two."""
    if not enrolment.practicum:
        return Sure.OPEN
    if in_term(enrolment, day):
        return Sure.SURE
    ended = [each.last for each in enrolment.practicum if each.last and each.last < day]
    if not ended:
        return Sure.NEVER
    follows = [each.first for each in enrolment.practicum if each.first > day]
    if enrolment.degree_on is not None:
        follows.append(enrolment.degree_on)
    if follows:
        return Sure.SURE if (min(follows) - max(ended)).days - 1 < 90 else Sure.NEVER
    return Sure.OPEN if (as_of - max(ended)).days < 90 else Sure.NEVER


def in_term(enrolment: EnrolmentEntry, day: dt.date) -> bool:
    """Tell whether a practicum is going on."""
    return any(
        each.first <= day and (each.last is None or day <= each.last)
        for each in enrolment.practicum
    )


def practicum_may_be(enrolment: EnrolmentEntry, day: dt.date) -> bool:
    """Tell whether a practicum is going on, or none is stated that would say."""
    return not enrolment.practicum or in_term(enrolment, day)


def _associate(enrolment: EnrolmentEntry, setting: SettingEntry, day: dt.date) -> Sure:
    issued, again = enrolment.registered_on, enrolment.second_registered_on
    if again is not None and again <= day:
        return Sure.NEVER if _is_private(setting) else _anew(enrolment, again, day)
    if issued is None or day < issued:
        return Sure.NEVER if _is_private(setting) else _before_registration(enrolment, day)
    if day > _six_years_on(issued):
        return Sure.OPEN if again is None and not _is_private(setting) else Sure.NEVER
    until = enrolment.registered_until
    return Sure.SURE if until is None or day <= until else Sure.NEVER


def _anew(enrolment: EnrolmentEntry, again: dt.date, day: dt.date) -> Sure:
    """Return what a second number gives outside private practices; a third is not known of."""
    if day > _six_years_on(again):
        return Sure.OPEN
    until = enrolment.second_registered_until
    return Sure.SURE if until is None or day <= until else Sure.NEVER


def _six_years_on(issued: dt.date) -> dt.date:
    year, month = issued.year + 6, issued.month
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _before_registration(enrolment: EnrolmentEntry, day: dt.date) -> Sure:
    degree, applied = enrolment.degree_on, enrolment.application_on
    assert degree is not None
    if applied is None:
        return Sure.NEVER if enrolment.registered_on is None else Sure.OPEN
    if (applied - degree).days > 90:
        return Sure.NEVER
    scan, scans = enrolment.live_scan_on, degree >= dt.date(2020, 1, 1)
    if scans and scan is not None and day < scan:
        return Sure.NEVER
    is_known = enrolment.registered_on is not None and (scan is not None or not scans)
    return Sure.SURE if is_known else Sure.OPEN


def _is_private(setting: SettingEntry) -> bool:
    return setting.kind in (SettingKind.PRIVATE_PRACTICE, SettingKind.PROFESSIONAL_CORPORATION)


def _place(setting: SettingEntry) -> Sure:
    is_fit = setting.employment is not Employment.CONTRACTOR and setting.is_lawful
    return Sure.SURE if is_fit else Sure.NEVER


def _private(setting: SettingEntry, supervision: SupervisionEntry) -> Sure:
    if not _is_private(setting):
        return Sure.SURE
    if supervision.tie is Tie.NONE:
        return Sure.NEVER
    is_known = supervision.tie is not None and supervision.has_record_access
    return Sure.SURE if is_known else Sure.OPEN


def _supervisor(supervision: SupervisionEntry, day: dt.date) -> Sure:
    ends, until = supervision.ends_on, supervision.licence_until
    is_fit = (
        supervision.starts_on <= day
        and (ends is None or day <= ends)
        and supervision.licence_from <= day
        and (until is None or day <= until)
        and supervision.is_qualified
        and not supervision.is_related
    )
    return Sure.SURE if is_fit else Sure.NEVER


def _contact(supervision: SupervisionEntry, recorded: Recorded) -> Sure:
    entry = recorded.entry
    if isinstance(entry, SessionEntry) or not entry.kind.is_supervision:
        return Sure.SURE
    is_large = entry.supervisees is not None and entry.supervisees > 8
    is_unsuitable = supervision.video is Suitability.UNSUITABLE and (
        supervision.video_assessed_on is None or supervision.video_assessed_on <= recorded.day
    )
    is_ruled = recorded.day >= dt.date(2023, 1, 1)
    is_void = (
        entry.modality is Modality.PHONE
        or (entry.modality is Modality.VIDEO and is_unsuitable and is_ruled)
        or (entry.kind is ActivityKind.SUPERVISION_GROUP and is_large)
    )
    return Sure.NEVER if is_void else Sure.SURE


def unit_halves(recorded: Recorded) -> tuple[int, int]:
    """Return a contact in half minutes, 120 to a unit: alone from an hour on, or any."""
    entry = recorded.entry
    if isinstance(entry, SessionEntry) or not entry.kind.is_supervision:
        return 0, 0
    minutes = counting_minutes(recorded)
    if entry.kind is ActivityKind.SUPERVISION_GROUP:
        return minutes, minutes
    return (2 * minutes if minutes >= 60 else 0), 2 * minutes
