"""All entries through all tests, in order: what counts, what would once signed, and why not."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aggregates.bbs.authority import Standing, standing_of
from aggregates.bbs.bounds import Bounds, Question
from aggregates.bbs.causes import QUESTION_OF, Cause
from aggregates.bbs.claims import Claim, claims_of
from aggregates.bbs.columns import Column
from aggregates.bbs.contact import Contact, judge_contact
from aggregates.bbs.history import History
from aggregates.bbs.limits import (
    Kept,
    Minutes,
    lifetime,
    lifetime_limits,
    members_of,
    seven_days,
    six_years,
)
from aggregates.hours.enrolment_entry import EnrolmentEntry


@dataclass(frozen=True, slots=True)
class Reading:
    """Minutes by entry that count, in one reading of the law, and what was cut on the way."""

    allowed: Minutes  # by the entry itself and the week's supervision
    weekly: Minutes  # of those, within the limits of days and weeks
    minutes: Minutes  # of those, within a lifetime and not too old
    kept: tuple[Kept, ...]

    def cut(self) -> Iterable[tuple[int, Cause, int]]:
        """Yield what limits took: the entry's place, the cause, the minutes."""
        for kept in self.kept:
            for index, losses in kept.cut.items():
                for cause, minutes in losses:
                    yield index, cause, minutes


@dataclass(frozen=True, slots=True)
class Judged:
    """Every entry judged.

    `strict` and `generous` credit what is signed; `strict_all` and `generous_all` what would count
    if everything were. Each adds to the one before it and takes nothing away.
    """

    enrolment: EnrolmentEntry
    as_of: dt.date
    receipt: dt.date
    claims: list[Claim]
    standings: list[Standing]
    contact: Contact  # of what is signed
    contact_all: Contact
    strict: Reading
    generous: Reading
    strict_all: Reading
    generous_all: Reading
    pending: tuple[Minutes, Minutes]  # what would count besides, once everything is signed

    def questions(self, index: int) -> frozenset[Question]:
        """Return what makes the two figures of an entry differ."""
        causes = {
            self.standings[index].cause,
            self.contact.causes.get(index),
            self.contact_all.causes.get(index),
        }
        causes |= {cause for kept in self.strict_all.kept for cause, _ in kept.cut.get(index, ())}
        return frozenset(QUESTION_OF[cause] for cause in causes if cause and cause in QUESTION_OF)


def judge(history: History, as_of: dt.date) -> Judged:
    """Judge every entry up to a day; six years are counted from the Board's receipt, if it was."""
    enrolment = history.enrolment
    licensure_on = enrolment.licensure_on
    receipt = licensure_on if licensure_on is not None and licensure_on <= as_of else as_of
    claims = claims_of(history, as_of)
    standings = [standing_of(claim, enrolment, as_of) for claim in claims]
    signed = [index for index, claim in enumerate(claims) if claim.is_signed]
    contact = judge_contact(enrolment.track, claims, standings, signed)
    contact_all = judge_contact(enrolment.track, claims, standings, range(len(claims)))
    caps = _Caps(enrolment, receipt, claims)
    strict = caps.strict(None, contact.conservative)
    generous = caps.generous(strict, strict.minutes, contact.optimistic)
    strict_all = caps.strict(strict, contact_all.conservative)
    generous_all = caps.generous(generous, generous.minutes, contact_all.optimistic)
    return Judged(
        enrolment,
        as_of,
        receipt,
        claims,
        standings,
        contact,
        contact_all,
        strict,
        generous,
        strict_all,
        generous_all,
        (_added(strict, strict_all), _added(generous, generous_all)),
    )


def _added(before: Reading, after: Reading) -> Minutes:
    return [more - some for some, more in zip(before.minutes, after.minutes, strict=True)]


class _Caps:
    """The limits of one person, applied once for each reading."""

    def __init__(
        self, enrolment: EnrolmentEntry, receipt: dt.date, claims: Sequence[Claim]
    ) -> None:
        self._enrolment = enrolment
        self._receipt = receipt
        self._claims = claims
        self._limits = lifetime_limits(enrolment.track, receipt)
        self._members = members_of(self._limits, claims)
        self._none = [0] * len(claims)

    def strict(self, base: Reading | None, allowed: Minutes) -> Reading:
        """Let hours that are too old use up limits: limits first, then six years."""
        weekly = self._weekly(base, allowed)
        before = base.kept[1].minutes if base else self._none
        limited = lifetime(self._limits, self._members, before, weekly.minutes)
        young = self._young(base.minutes if base else self._none, limited.minutes)
        return Reading(allowed, weekly.minutes, young.minutes, (weekly, limited, young))

    def generous(self, base: Reading, credited: Minutes, allowed: Minutes) -> Reading:
        """Leave out what is too old first, so that it uses up nothing."""
        weekly = self._weekly(base, allowed)
        young = self._young(credited, weekly.minutes)
        limited = lifetime(self._limits, self._members, credited, young.minutes)
        return Reading(allowed, weekly.minutes, limited.minutes, (weekly, young, limited))

    def _weekly(self, base: Reading | None, allowed: Minutes) -> Kept:
        before = base.weekly if base else self._none
        return seven_days(self._enrolment.track, self._claims, before, allowed)

    def _young(self, base: Minutes, supply: Minutes) -> Kept:
        return six_years(self._enrolment, self._receipt, self._claims, base, supply)


Lost: TypeAlias = Mapping[int, Mapping[Cause, Bounds]]


def lost_by_entry(judged: Judged) -> Lost:
    """Return by entry what does not count even once all is signed, cause by cause."""
    lost = defaultdict[int, dict[Cause, int]](dict)
    for index, claim in enumerate(judged.claims):
        standing = judged.standings[index]
        if standing.cause is not None:
            lost[index][standing.cause] = claim.minutes - standing.conservative
        cause = judged.contact_all.causes.get(index)
        # What was credited without the unsigned entries of its week is not taken away again.
        missing = standing.conservative - judged.strict.weekly[index]
        if cause is not None and missing > 0:
            lost[index][cause] = missing
    for index, cause, minutes in judged.strict_all.cut():
        lost[index][cause] = lost[index].get(cause, 0) + minutes
    return {index: _bounded(judged, index, causes) for index, causes in lost.items()}


def _bounded(judged: Judged, index: int, causes: Mapping[Cause, int]) -> dict[Cause, Bounds]:
    """Spread what is lost for sure over the causes, in their order; the rest of each is open."""
    lost_for_sure = judged.claims[index].minutes - judged.generous_all.minutes[index]
    found: dict[Cause, Bounds] = {}
    for cause, minutes in causes.items():
        sure = min(minutes, lost_for_sure)
        lost_for_sure -= sure
        found[cause] = Bounds(minutes, sure)
        if sure != minutes:
            own = frozenset({QUESTION_OF[cause]}) if cause in QUESTION_OF else None
            found[cause] = Bounds(minutes, sure, own or judged.questions(index))
    return found


def columns_open(claim: Claim) -> frozenset[Column]:
    """Return the columns an entry may stand in besides those it stands in."""
    return claim.placement.open - claim.placement.columns
