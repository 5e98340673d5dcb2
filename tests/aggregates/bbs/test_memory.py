"""With what an earlier evaluation left, the next says just what it would say without."""

import datetime as dt
from dataclasses import replace
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.bbs.evaluate import evaluate, rows_for_week
from aggregates.bbs.figures import figures_of
from aggregates.bbs.history import History, Recorded, Signature
from aggregates.bbs.memory import Memory
from aggregates.bbs.telling import plain_of
from aggregates.hours.enrolment_entry import Track, WeekStart
from tests.aggregates.bbs.career import FIRST, career
from tests.aggregates.bbs.invented import MONDAY, activity, changed, history, session
from tests.aggregates.bbs.test_laws import LAST, histories

AS_OF = dt.date(2026, 3, 1)


def _altered(made: History, seed: int) -> History:
    """Return a history in which something is different: an entry, a signature, a statement."""
    chance, entries = Random(seed), list(made.entries)
    place = chance.randrange(len(entries)) if entries else -1
    match chance.randrange(8) if entries else 6:
        case 0:
            del entries[place]
        case 1:
            longer = entries[place].minutes + chance.choice((1, 60, 900))
            entry = msgspec.structs.replace(entries[place].entry, minutes=longer)
            entries[place] = replace(entries[place], entry=entry)
        case 2:
            moved = entries[place].day + dt.timedelta(days=chance.randint(-9, 9))
            entry = msgspec.structs.replace(entries[place].entry, date=moved)
            entries[place] = replace(entries[place], entry=entry)
        case 3 | 4:
            signature = chance.choice(tuple(Signature))
            entries = [replace(each, signature=signature) for each in entries]
        case 5:
            chance.shuffle(entries)
        case _:
            return _restated(made, chance)
    return replace(made, entries=tuple(entries))


def _restated(made: History, chance: Random) -> History:
    """Return a history of somebody who stated something else, with the same entries."""
    match chance.randrange(4):
        case 0:
            start = chance.choice(tuple(WeekStart))
            return replace(made, enrolment=changed(made.enrolment, week_start=start))
        case 1:
            return replace(made, enrolment=changed(made.enrolment, licensure_on=LAST))
        case 2:
            later = (made.enrolment.degree_on or FIRST) + dt.timedelta(days=chance.randint(1, 90))
            return replace(made, enrolment=changed(made.enrolment, degree_on=later))
        case _:
            which = chance.choice(sorted(made.supervisions))
            related = changed(made.supervisions[which], is_related=True)
            return replace(made, supervisions={**made.supervisions, which: related})


@given(histories(), st.lists(st.integers(0, 1_000), min_size=1, max_size=6))
def test_any_changes_come_to_the_same(made: History, seeds: list[int]) -> None:
    memory = Memory()
    evaluate(made, LAST, memory=memory)
    for seed in seeds:
        made = _altered(made, seed)
        found = evaluate(made, LAST, memory=memory)
        assert found == evaluate(made, LAST)
        assert plain_of(found) == plain_of(evaluate(made, LAST))


@pytest.mark.parametrize("track", Track)
def test_so_they_do_over_a_whole_career(track: Track) -> None:
    """Limits of a lifetime are used up in it, so that one entry moves what later ones give."""
    made, memory = career(track, seed=9), Memory()
    for seed in range(4):
        made = _altered(made, seed)
        assert plain_of(evaluate(made, LAST, memory=memory)) == plain_of(evaluate(made, LAST))


@pytest.mark.parametrize("seed", range(8))
def test_another_statement_is_judged_anew(seed: int) -> None:
    """Every entry is what it was, and none of them means what it did."""
    made, memory = career(Track.LMFT, seed=8), Memory()
    made = replace(made, entries=made.entries[:300])
    evaluate(made, LAST, memory=memory)
    made = _restated(made, Random(seed))
    assert plain_of(evaluate(made, LAST, memory=memory)) == plain_of(evaluate(made, LAST))


def test_another_day_is_judged_anew() -> None:
    """One memory asked for two days never tells the one for the other."""
    made, memory = career(Track.LMFT, seed=8), Memory()
    for day in (LAST, FIRST + dt.timedelta(days=400), LAST):
        assert evaluate(made, day, memory=memory) == evaluate(made, day)


def test_a_week_asked_for_alone_leaves_and_finds_the_same() -> None:
    week = [session(number, MONDAY) for number in range(1, 12)] + [activity(20, MONDAY)]
    made, memory = history(*week), Memory()
    before = rows_for_week(made, MONDAY, memory)
    assert before == rows_for_week(made, MONDAY)
    more = replace(made, entries=(*made.entries, activity(21, MONDAY)))
    after = rows_for_week(more, MONDAY, memory)
    assert after == rows_for_week(more, MONDAY)
    assert after != before
    assert evaluate(more, MONDAY + dt.timedelta(days=6), memory=memory).rows == after


def test_only_the_weeks_that_changed_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry more: the figures of one week."""
    worked: list[dt.date] = []

    def counted(track: Track, judged: object) -> object:
        found = figures_of(track, judged)  # type: ignore[arg-type]
        worked.append(judged.week.first_day)  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr("aggregates.bbs.evaluate.figures_of", counted)
    weeks = [MONDAY + dt.timedelta(weeks=number) for number in range(5)]
    told: list[Recorded] = []
    for place, monday in enumerate(weeks):
        told += [session(10 * place + 1, monday), activity(10 * place + 2, monday)]
    made, memory = history(*told), Memory()
    evaluate(made, AS_OF, memory=memory)
    assert worked == weeks
    worked.clear()
    evaluate(made, AS_OF, memory=memory)
    assert worked == []
    evaluate(replace(made, entries=(*made.entries, session(99, weeks[2]))), AS_OF, memory=memory)
    assert worked == [weeks[2]]
