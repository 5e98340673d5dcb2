"""What a person's setup still lacks, each with what to do next, why, and where the law says it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from aggregates.bbs.rule import Check
from aggregates.bbs.rules import rule_for, rule_of
from aggregates.hours.enrolment_entry import EnrolmentEntry, Track
from aggregates.hours.setting_entry import Employment, SettingEntry
from aggregates.hours.supervision_entry import Suitability, SupervisionEntry, Tie
from projections.setup import Setup
from web import calendar
from web.pages.setup.stated_form import cited

ENROLMENT: Final = "/setup/enrolment"
NEW_SETTING: Final = "/setup/settings/new"
NEW_SUPERVISION: Final = "/setup/supervisions/new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do; `name` says of which place or person, `is_late` that hours are at stake."""

    sentence: str
    path: str
    link: str
    name: str = ""
    citation: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class _About:
    """What the steps about one statement have in common."""

    track: Track
    path: str
    name: str = ""

    def late(self, check: Check, sentence: str) -> Step:
        """Return a step without which hours are lost."""
        return self._step(check, sentence, is_late=True)

    def open(self, check: Check | None, sentence: str) -> Step:
        """Return a step that has time."""
        return self._step(check, sentence, is_late=False)

    def due(self, check: Check, since: dt.date, today: dt.date, what: str) -> Step:
        """Return a step with the rule's own days from `since`, late once they are over."""
        last = since + dt.timedelta(days=rule_of(check, self.track).count)
        day = calendar.day_with_year(last)
        if last < today:
            return self.late(check, f"{what}: this was due by {day}.")
        return self.open(check, f"{what} by {day}.")

    def _step(self, check: Check | None, sentence: str, *, is_late: bool) -> Step:
        return Step(
            sentence=sentence,
            path=self.path,
            link="Open it",
            name=self.name,
            citation=cited(check, self.track) if check else "",
            is_late=is_late,
        )


def steps(setup: Setup, today: dt.date) -> tuple[Step, ...]:
    """Return what to do next, the most basic first; nothing when nothing is missing."""
    enrolment = setup.enrolment
    if enrolment is None:
        sentence = "Say which licence you are working towards: the rules follow from it."
        return (Step(sentence=sentence, path=ENROLMENT, link="State it"),)
    track = enrolment.track
    found = [*_of_enrolment(_About(track, ENROLMENT), enrolment, today), *_missing(setup)]
    for stream_id, setting in setup.settings.items():
        about = _About(track, f"/setup/settings/{stream_id}", setting.name.reveal())
        found += _of_setting(about, setting)
        if setting.kind.is_private and not _is_graduate(enrolment, today):
            found += _of_trainee_in_private(about)
    for stream_id, each in setup.supervisions.items():
        path = f"/setup/supervisions/{stream_id}"
        about = _About(track, path, each.supervisor_name.reveal())
        found += _of_papers(about, each, today)
        if each.ends_on is None or each.ends_on >= today:
            place = setup.settings.get(each.setting_id)
            found += _of_going_on(about, each, place, today)
            if place is not None and place.kind.is_private:
                found += _of_second_number(about, enrolment, today)
    return tuple(found)


def _missing(setup: Setup) -> Iterator[Step]:
    if not setup.settings:
        sentence = "Add the place you work at."
        yield Step(sentence=sentence, path=NEW_SETTING, link="Add a work setting")
    elif not setup.supervisions:
        sentence = "Add who supervises you there: hours count under a supervision only."
        yield Step(sentence=sentence, path=NEW_SUPERVISION, link="Add a supervision")


def _is_graduate(entry: EnrolmentEntry, today: dt.date) -> bool:
    return entry.degree_on is not None and entry.degree_on <= today


def _of_enrolment(about: _About, entry: EnrolmentEntry, today: dt.date) -> Iterator[Step]:
    until = entry.registration_on(today).until
    if until is not None and until < today:
        sentence = "Your registration expired. If you renewed it, state the new day."
        yield about.late(Check.REGISTERED, sentence)
    if _is_graduate(entry, today):
        if entry.registration_on(today).issued_on is None:
            yield _unregistered(about, entry)
    elif entry.track is not Track.LMFT:
        sentence = "Hours before the degree never count for this licence."
        yield about.open(Check.TRAINEE_HOURS, sentence)
    else:
        yield from _of_trainee(about, entry)


def _unregistered(about: _About, entry: EnrolmentEntry) -> Step:
    sentence = "Hours after the degree need an active registration: state when it was issued"
    if entry.application_on is None:
        return about.late(Check.REGISTERED, f"{sentence}, or when the Board got your application.")
    return about.open(Check.NINETY_DAYS, f"{sentence}, once it was.")


def _of_trainee(about: _About, entry: EnrolmentEntry) -> Iterator[Step]:
    if entry.units_on is None:
        sentence = "State when you completed 12 semester or 18 quarter units: hours count after it."
        yield about.late(Check.TWELVE_UNITS, sentence)
    if not entry.practicum:
        sentence = "State your practicum terms: trainees counsel while in practicum."
        yield about.late(Check.PRACTICUM, sentence)


def _of_trainee_in_private(about: _About) -> Iterator[Step]:
    if rule_for(Check.TRAINEE_PRIVATE, about.track):
        sentence = "Trainees gain no hours in a private practice or professional corporation."
        yield about.late(Check.TRAINEE_PRIVATE, sentence)


def _of_second_number(about: _About, entry: EnrolmentEntry, today: dt.date) -> Iterator[Step]:
    if entry.registration_on(today).is_second:
        sentence = "Under a second registration number no hours count in a private practice."
        yield about.late(Check.REGISTRATION_AGE, sentence)


def _of_setting(about: _About, entry: SettingEntry) -> Iterator[Step]:
    if entry.employment is Employment.CONTRACTOR:
        yield about.late(Check.EMPLOYMENT, "Hours of a contractor (1099) never count.")
    if not entry.is_lawful:
        sentence = (
            "Say whether it lawfully and regularly provides mental health services and oversees"
            " your work; hours anywhere else do not count."
        )
        yield about.late(Check.LAWFUL, sentence)
    if entry.employment is Employment.VOLUNTEER and entry.employer_letter_on is None:
        sentence = "Ask the employer for a letter that covers your dates as a volunteer."
        yield about.open(Check.VOLUNTEER_LETTER, sentence)


def _of_papers(about: _About, entry: SupervisionEntry, today: dt.date) -> Iterator[Step]:
    if not entry.is_qualified:
        sentence = "Ask the supervisor whether they qualify, and say so here."
        yield about.late(Check.QUALIFIED, sentence)
    if entry.is_related:
        yield about.late(Check.RELATED, "Hours under a spouse, partner or relative do not count.")
    if entry.agreement_on is None:
        what = "Both sign the supervision agreement"
        yield about.due(Check.AGREEMENT, entry.starts_on, today, what)
    signed = entry.oversight_on
    if entry.needs_oversight and (signed is None or signed > entry.starts_on):
        sentence = "The oversight agreement has to be signed before the supervision starts."
        yield about.late(Check.OVERSIGHT, sentence)


def _of_private(about: _About, entry: SupervisionEntry) -> Iterator[Step]:
    if entry.tie in (None, Tie.NONE):
        sentence = (
            "In a private practice the supervisor is employed or contracted by it, or owns it: say"
            " which."
        )
        yield about.late(Check.RECORD_ACCESS, sentence)
    if not entry.has_record_access:
        sentence = "In a private practice the supervisor sees clients, or may see its records."
        yield about.late(Check.RECORD_ACCESS, sentence)


def _of_going_on(
    about: _About, entry: SupervisionEntry, setting: SettingEntry | None, today: dt.date
) -> Iterator[Step]:
    if entry.licence_until is not None and entry.licence_until < today:
        sentence = "The supervisor's licence expired. If it was renewed, state the new day."
        yield about.late(Check.LICENCE, sentence)
    if setting is not None and setting.kind.is_private:
        yield from _of_private(about, entry)
    if entry.video is Suitability.NOT_ASSESSED:
        what = "If you ever meet by video, the supervisor notes whether that is appropriate"
        due = about.due(Check.VIDEO, entry.starts_on, today, what)
        yield replace(due, is_late=False)  # whether they do meet so is not known here
    if entry.supervisor_id is None:
        sentence = (
            "Nobody here can sign these weeks yet: ask the practice owner to invite the supervisor,"
            " then choose them."
        )
        yield about.open(None, sentence)
