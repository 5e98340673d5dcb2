"""Which papers and facts are missing or came late, by when they are due, and what to do."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from aggregates.bbs.authority import registration_ends
from aggregates.bbs.claims import Claim
from aggregates.bbs.evaluation import Gap
from aggregates.bbs.judging import Judged
from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_for
from aggregates.hours.enrolment_entry import EnrolmentEntry, Phase, Track
from aggregates.hours.setting_entry import Employment, SettingEntry, SettingKind
from aggregates.hours.supervision_entry import Suitability, SupervisionEntry
from aggregates.session_entry import Modality

EXPIRES_SOON_DAYS: Final = 60

AGREEMENT_MISSING: Final = "Sign the supervision agreement with the supervisor; keep the original."
AGREEMENT_LATE: Final = (
    "The supervision agreement was signed after its 60 days; keep it, and ask the Board."
)
OVERSIGHT_MISSING: Final = (
    "Get the written oversight agreement of supervisor and employer; it is due before the start."
)
OVERSIGHT_LATE: Final = (
    "The oversight agreement was signed after the supervision began; keep it, and ask the Board."
)
VIDEO_MISSING_USED: Final = (
    "Supervision by video took place: the supervisor must note whether video is appropriate."
)
VIDEO_MISSING_UNUSED: Final = (
    "The statute asks every supervisor to note whether video is appropriate, even where none is"
    " used."
)
VIDEO_LATE: Final = "The assessment of video was noted after its 60 days; keep the note."
LICENCE_UNSEEN: Final = (
    "The supervisor's licence was seen to be active until this day only; look it up again."
)
SCHOOL_MISSING: Final = "Get the written agreement of the school and this setting."
LETTER_MISSING: Final = "Get the employer's letter that covers your time as a volunteer."
LIVE_SCAN_MISSING: Final = (
    "State the day of the Live Scan and keep its form; it is filed with the application for"
    " licensure."
)
APPLICATION_DUE: Final = (
    "Have the Board receive your application for registration by this day, or hours before the"
    " registration do not count."
)
REGISTRATION_EXPIRED: Final = "Your registration has expired; renew it before you work."
REGISTRATION_EXPIRES: Final = "Your registration expires soon; renew it."
REGISTRATION_ENDS: Final = (
    "Your registration cannot be renewed beyond this day; another number bars private practice."
)
TOO_MANY_SUPERVISEES: Final = (
    "This supervisor meets more than six people alone or in threes; ask whether that is lawful."
)


def w2_missing(year: int) -> str:
    """Return what to do about a tax year that had ended at the receipt."""
    return (
        f"Keep your W-2 of {year} from this employer, and say so at its setting; each year of hours"
        " is filed with its own."
    )


def pay_stub_missing(year: int) -> str:
    """Return what to do about the tax year of the receipt."""
    return (
        f"Keep your latest pay stub of {year} from this employer, and state its day; once the year"
        " has ended, its W-2 takes its place."
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """What a gap belongs to."""

    track: Track
    as_of: dt.date
    receipt: dt.date
    setting_id: UUID | None = None
    supervision_id: UUID | None = None

    def gap(self, check: Check, due: dt.date | None, sentence: str) -> Iterable[Gap]:
        """Yield a gap, if the track has the rule; it is late once its day has passed."""
        rule = rule_for(check, self.track)
        if rule is not None:
            yield Gap(
                rule_id=rule.id,
                citation=rule.citations[self.track],
                setting_id=self.setting_id,
                supervision_id=self.supervision_id,
                due=due,
                is_late=due is not None and due < self.as_of,
                sentence=sentence,
            )


def gaps_of(
    judged: Judged,
    settings: Mapping[UUID, SettingEntry],
    supervisions: Mapping[UUID, SupervisionEntry],
    supervisees: Mapping[UUID, int],
) -> tuple[Gap, ...]:
    """Return the gaps of the person, of each setting and of each supervision that has begun.

    `supervisees` tells for a supervision how many people its supervisor meets alone or in threes
    outside exempt settings, the person included; where it is not known, nothing is said.
    """
    here = _Place(judged.enrolment.track, judged.as_of, judged.receipt)
    found = list(_of_person(here, judged.enrolment))
    at_setting, under = defaultdict[UUID, list[Claim]](list), _by_supervision(judged.claims)
    for supervision_id, claims in under.items():
        if supervision_id in supervisions:
            at_setting[supervisions[supervision_id].setting_id] += claims
    for setting_id in sorted(settings):
        if claims := at_setting[setting_id]:
            place = replace(here, setting_id=setting_id)
            found += _of_setting(place, settings[setting_id], claims)
    for supervision_id in sorted(supervisions):
        supervision = supervisions[supervision_id]
        if supervision.starts_on <= judged.as_of:
            claims = under.get(supervision_id, [])
            at = replace(here, setting_id=supervision.setting_id, supervision_id=supervision_id)
            setting = settings.get(supervision.setting_id)
            found += _of_supervision(at, supervision, claims)
            found += _of_supervisor(at, supervision, setting, supervisees.get(supervision_id, 0))
    return tuple(found)


def _by_supervision(claims: Iterable[Claim]) -> dict[UUID, list[Claim]]:
    found = defaultdict[UUID, list[Claim]](list)
    for claim in claims:
        if claim.supervision_id is not None:
            found[claim.supervision_id].append(claim)
    return found


def _of_person(place: _Place, enrolment: EnrolmentEntry) -> Iterable[Gap]:
    degree_on, held = enrolment.degree_on, enrolment.registration_on(place.as_of)
    if degree_on is not None and degree_on <= place.as_of:
        rule = rule_for(Check.NINETY_DAYS, place.track)
        assert rule is not None
        if held.issued_on is None and enrolment.application_on is None:
            due = degree_on + dt.timedelta(days=rule.count)
            yield from place.gap(Check.NINETY_DAYS, due, APPLICATION_DUE)
        if enrolment.application_on is not None and enrolment.live_scan_on is None:
            yield from place.gap(Check.NINETY_DAYS, None, LIVE_SCAN_MISSING)
    if held.issued_on is not None:
        yield from _of_registration(place, held.issued_on, held.until)


def _of_registration(place: _Place, issued_on: dt.date, until: dt.date | None) -> Iterable[Gap]:
    soon = place.as_of + dt.timedelta(days=EXPIRES_SOON_DAYS)
    if until is not None and until <= soon:
        sentence = REGISTRATION_EXPIRED if until < place.as_of else REGISTRATION_EXPIRES
        yield from place.gap(Check.REGISTERED, until, sentence)
    ends = registration_ends(issued_on)
    if ends <= soon:
        yield from place.gap(Check.REGISTRATION_AGE, ends, REGISTRATION_ENDS)


def _of_setting(place: _Place, setting: SettingEntry, claims: list[Claim]) -> Iterable[Gap]:
    before = [claim for claim in claims if claim.phase is Phase.BEFORE_DEGREE]
    if before and setting.school_agreement_on is None:
        due = min(claim.day for claim in before)
        yield from place.gap(Check.SCHOOL_SITE, due, SCHOOL_MISSING)
    if setting.employment is Employment.VOLUNTEER and setting.employer_letter_on is None:
        yield from place.gap(Check.VOLUNTEER_LETTER, None, LETTER_MISSING)
    if setting.employment is Employment.EMPLOYEE:
        yield from _of_pay(place, setting, claims)


def _of_pay(place: _Place, setting: SettingEntry, claims: list[Claim]) -> Iterable[Gap]:
    """Yield a gap for each tax year of an associate's hours without its paper.

    What is a year that has not ended is told by the day of the receipt; of later ones nothing is
    filed.
    """
    worked = {claim.day.year for claim in claims if claim.phase is Phase.AFTER_DEGREE}
    for year in sorted(worked):
        if year < place.receipt.year and not setting.has_w2(year):
            yield from place.gap(Check.PAY_PROOF, None, w2_missing(year))
        if year == place.receipt.year and not setting.has_pay_stub(year):
            yield from place.gap(Check.PAY_PROOF, None, pay_stub_missing(year))


def _of_supervision(
    place: _Place, supervision: SupervisionEntry, claims: list[Claim]
) -> Iterable[Gap]:
    starts_on = supervision.starts_on
    agreement = rule_for(Check.AGREEMENT, place.track)
    assert agreement is not None
    due = starts_on + dt.timedelta(days=agreement.count)
    if agreement.holds_on(starts_on):
        if supervision.agreement_on is None:
            yield from place.gap(Check.AGREEMENT, due, AGREEMENT_MISSING)
        elif due < supervision.agreement_on:
            yield from place.gap(Check.AGREEMENT, due, AGREEMENT_LATE)
    if supervision.needs_oversight:
        if supervision.oversight_on is None:
            yield from place.gap(Check.OVERSIGHT, starts_on, OVERSIGHT_MISSING)
        elif starts_on <= supervision.oversight_on:
            yield from place.gap(Check.OVERSIGHT, starts_on, OVERSIGHT_LATE)
    yield from _of_video(place, supervision, claims)


def _of_video(place: _Place, supervision: SupervisionEntry, claims: list[Claim]) -> Iterable[Gap]:
    video = rule_for(Check.VIDEO, place.track)
    assert video is not None
    if not video.holds_on(supervision.starts_on):
        return
    due = supervision.starts_on + dt.timedelta(days=video.count)
    is_used = any(each.is_supervision and each.modality is Modality.VIDEO for each in claims)
    if supervision.video is Suitability.NOT_ASSESSED:
        sentence = VIDEO_MISSING_USED if is_used else VIDEO_MISSING_UNUSED
        yield from place.gap(Check.VIDEO, due, sentence)
    elif supervision.video_assessed_on is None or due < supervision.video_assessed_on:
        yield from place.gap(Check.VIDEO, due, VIDEO_LATE)


def _of_supervisor(
    place: _Place, supervision: SupervisionEntry, setting: SettingEntry | None, supervisees: int
) -> Iterable[Gap]:
    until, ends_on = supervision.licence_until, supervision.ends_on
    is_over = ends_on is not None and ends_on <= place.as_of
    needed_until = min(place.as_of, ends_on) if ends_on is not None else place.as_of
    soon = place.as_of + dt.timedelta(days=0 if is_over else EXPIRES_SOON_DAYS)
    if until is not None and (until < needed_until or (not is_over and until <= soon)):
        yield from place.gap(Check.LICENCE, until, LICENCE_UNSEEN)
    six = rule_for(Check.SIX_SUPERVISEES, place.track)
    is_exempt = setting is not None and setting.kind is SettingKind.EXEMPT
    if six is not None and supervision.meets_alone and not is_exempt and supervisees > six.count:
        yield from place.gap(Check.SIX_SUPERVISEES, None, TOO_MANY_SUPERVISEES)
