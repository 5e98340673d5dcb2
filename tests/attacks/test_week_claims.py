"""What an operator with the signing key claims of signed weeks is refused, or told to be judged."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID

import pytest
from msgspec import structs

from aggregates.hours.enrolment import EnrolmentStated
from aggregates.hours.setting import SettingStated
from aggregates.hours.supervision import SupervisionStated
from aggregates.hours.week_content import Printed, RowContent, RowMinutes
from aggregates.hours.week_row import WeekSubmitted
from aggregates.membership import MemberJoined, Role
from aggregates.private import Private
from ledger.bundle.log_files import Days
from tests.aggregates.hours_examples import (
    CLINIC,
    ENROLMENT,
    PERSON,
    ROW,
    SETTING,
    SUPERVISED,
    SUPERVISION,
    SUPERVISOR,
)
from tests.attacks.bundles import VERIFY, report, verdict
from tests.attacks.forge import MINUTE_US, START_US, Event, Lie, events, forged, shredding, told
from tests.attacks.others import others
from tests.attacks.rich import DAY_US
from tests.attacks.weeks import (
    AMENDED,
    DISCLOSED,
    HONEST,
    KEYS,
    USUAL,
    WEEK,
    WeekLie,
    again,
    bundle,
    event,
    honest_facts,
    register,
    row_of,
    sign,
    told_week,
)
from tests.passkeys import es256

OTHER_WEEK: Final = WEEK + 1
BOTH: Final = Lie(disclosed=(WEEK, OTHER_WEEK))


def findings(lie: WeekLie, rest: Lie | None = None) -> list[tuple[str, str]]:
    """Return what the verifier leaves to people, of a bundle that is valid."""
    has_both = any(each.stream == OTHER_WEEK for each in lie.after)
    return report(bundle(lie, rest or (BOTH if has_both else DISCLOSED)))["findings"]


def later(row: RowContent) -> RowContent:
    """The same entries as the row of the week after."""
    first_day = row.key.first_day + dt.timedelta(7)
    return structs.replace(row, key=structs.replace(row.key, first_day=first_day))


def signed_later(lie: WeekLie = HONEST) -> tuple[Event, Event]:
    """How a row of the week after is submitted and signed, over the same entries."""
    log = told_week(lie)
    submitted = WeekSubmitted(content=later(row_of(log)), warnings=())
    at_us = START_US + (len(log.leaves) + 1) * MINUTE_US
    signed = sign(submitted, at_us, lie)
    return event(OTHER_WEEK, submitted, PERSON), event(OTHER_WEEK, signed)


def test_an_entry_that_two_standing_weeks_sum_up_is_told() -> None:
    """With both places; the bundle is valid, since restated enrolments did that once."""
    found = findings(WeekLie(after=signed_later()))
    assert found == [("entry-in-two-weeks", "position 10, position 12")]
    told = list(VERIFY.words(report(bundle(WeekLie(after=signed_later()), BOTH))))
    assert any("ask why" in line and "position 10, position 12" in line for line in told)


def test_an_entry_that_one_standing_week_sums_up_is_not_told() -> None:
    """Whether its row was signed again, or the other week counts no more."""
    changed = WeekLie(after=(AMENDED,))
    assert findings(WeekLie(after=(AMENDED, *again(WEEK, changed)))) == []
    assert findings(WeekLie(after=(AMENDED, *signed_later(changed)))) == []
    taken_back = replace(AMENDED, stream=OTHER_WEEK)
    assert findings(WeekLie(after=(*signed_later(), taken_back))) == []
    assert findings(WeekLie(after=(*signed_later(), Event(2)))) == []


def test_a_row_that_is_not_disclosed_is_counted() -> None:
    """What newer content of a week may hide in is told, and so is what was shredded."""
    hidden = WeekLie(after=signed_later())
    found = report(bundle(hidden, Lie(disclosed=(WEEK,))))
    assert (found["rows_closed"], found["rows_shredded"], len(found["weeks"])) == (1, 0, 1)
    assert report(bundle(hidden, BOTH))["rows_closed"] == 0
    gone = WeekLie(after=(*signed_later(), shredding(OTHER_WEEK, OTHER_WEEK)))
    found = report(bundle(gone, Lie(disclosed=(WEEK,))))
    assert (found["rows_closed"], found["rows_shredded"]) == (0, 1)


def test_newer_content_of_a_row_cannot_be_closed_alone() -> None:
    """Not by another key for it, nor by leaving its body out."""
    submitted, _ = again(WEEK, WeekLie(after=(AMENDED,)))
    hidden = replace(submitted, key=WEEK + 7)
    assert verdict(bundle(WeekLie(after=(AMENDED, hidden)))) == "key-changed"
    log = told_week(WeekLie(after=(AMENDED, submitted)))
    log.bodies[-1] = None
    assert verdict(forged(log, Lie(disclosed=(WEEK,)))) == "body-missing"


def test_entries_of_somebody_else_are_not_summed_up() -> None:
    """Nobody's hours are another's."""
    theirs = Event(2, actor=SUPERVISOR.bytes)
    assert verdict(bundle(WeekLie(earlier=(theirs,)))) == "week-entry-unknown"


@pytest.mark.parametrize(
    "minutes",
    [RowMinutes(a=60, a1=61, b=9), RowMinutes(a=60, b=60, b1=61), RowMinutes(b=60, b1=31, b2=30)],
    ids=["A1", "B1", "B1 and B2"],
)
def test_no_part_is_more_than_its_whole(minutes: RowMinutes) -> None:
    """Even where the passkey has signed it."""
    lie = WeekLie(content=lambda row: structs.replace(row, minutes=minutes))
    assert verdict(bundle(lie)) == "week-numbers-differ"


def test_nobody_signs_their_own_week() -> None:
    """Not even with a passkey of their own that is on record."""

    def own(row: RowContent) -> RowContent:
        return structs.replace(row, key=structs.replace(row.key, person_id=SUPERVISOR))

    assert verdict(bundle(WeekLie(content=own))) == "week-own"


def test_a_passkey_that_is_said_to_be_of_two_people_is_told() -> None:
    """One signs for the other then, whatever the names say; before the signature or after it."""
    theirs = event(KEYS + 1, structs.replace(register(USUAL), person_id=PERSON), PERSON)
    assert findings(WeekLie(earlier=(theirs,))) == [("passkey-of-two", "position 9")]
    assert findings(WeekLie(after=(theirs,))) == [("passkey-of-two", "position 11")]
    more = structs.replace(register(es256(2)), credential_id=b"\x08" * 32)
    assert findings(WeekLie(after=(event(KEYS, more),))) == []


def test_a_signature_is_shown_once() -> None:
    """Not again for the same row, taken back and submitted as it was minutes later."""
    submitted, signed = (event(WEEK, fact) for fact in honest_facts())
    replayed = WeekLie(after=(AMENDED, submitted, signed))
    assert verdict(bundle(replayed)) == "signature-twice"


def test_the_signature_of_one_week_is_none_of_another() -> None:
    """As it is, or under a statement written for the other week."""
    _, signed = honest_facts()
    submitted, _ = signed_later()
    moved = event(OTHER_WEEK, signed)
    assert verdict(bundle(WeekLie(after=(submitted, moved)), BOTH)) == "week-names-differ"
    dressed = signed_later(WeekLie(answer=lambda _: signed.assertion))
    assert verdict(bundle(WeekLie(after=dressed), BOTH)) == "statement-not-signed"


def test_a_signature_of_another_practice_is_none_here() -> None:
    """Where all that it rests on is told again in this log, to the byte."""
    rows = (event(WEEK, fact) for fact in honest_facts())
    every = (*events(), event(KEYS, register(USUAL)), *rows)
    log = told([replace(each, practice=UUID(int=0xB).bytes) for each in every])
    assert verdict(forged(log, Lie(disclosed=(WEEK,)))) == "week-names-differ"


def test_a_page_elsewhere_is_told_by_its_name() -> None:
    """The log does not know the service's address: whoever reads the report compares it."""
    said = {"origin": "https://evil.example"}
    answer = partial(es256().assertion, host="evil.example", said=said)
    (week,) = report(bundle(WeekLie(answer=answer)))["weeks"]
    assert week["origin"] == "https://evil.example"
    mixed = partial(es256().assertion, host="evil.example")
    assert verdict(bundle(WeekLie(answer=mixed))) == "assertion-wrong"


STREAMS: Final = {
    MemberJoined: 70,
    EnrolmentStated: 71,
    SettingStated: SETTING.int,
    SupervisionStated: SUPERVISION.int,
}
STATED: Final = (
    MemberJoined(person_id=PERSON, role=Role.OWNER, name=Private("Sam Roe"), invited_by=PERSON),
    MemberJoined(
        person_id=SUPERVISOR, role=Role.SUPERVISOR, name=Private("Dana Roe"), invited_by=PERSON
    ),
    EnrolmentStated(person_id=PERSON, entry=ENROLMENT),
    SettingStated(person_id=PERSON, entry=structs.replace(CLINIC, address=None)),
    SupervisionStated(person_id=PERSON, entry=SUPERVISED),
)
RECORD: Final = tuple(event(STREAMS[type(fact)], fact, PERSON) for fact in STATED)
OPEN: Final = Lie(disclosed=(WEEK, *STREAMS.values()))


def printing(printed: Printed) -> Callable[[RowContent], RowContent]:
    """A row that prints other names; the supervisor's passkey signs them."""
    return lambda row: structs.replace(row, printed=printed)


def test_what_a_row_prints_is_on_record() -> None:
    """Of its supervisee, setting and supervisor; as it was ever stated before."""
    (week,) = report(bundle(WeekLie(earlier=RECORD), OPEN))["weeks"]
    assert week["is_on_record"]
    moved = structs.replace(SUPERVISED, licence_number=Private("11111"))
    restated = SupervisionStated(person_id=PERSON, entry=moved)
    more = (*RECORD, event(SUPERVISION.int, restated, PERSON))
    (week,) = report(bundle(WeekLie(earlier=more), OPEN))["weeks"]
    assert week["is_on_record"]


OTHER_NAMES: Final = dict(others(ROW.printed))


@pytest.mark.parametrize("place", OTHER_NAMES)
def test_a_signed_name_that_was_never_stated_is_refused(place: str) -> None:
    """Whoever signed it, where the statements are disclosed; and taken where they are not."""
    assert OTHER_NAMES.keys() == set(Printed.__struct_fields__)
    lie = WeekLie(earlier=RECORD, content=printing(OTHER_NAMES[place]))
    assert verdict(bundle(lie, OPEN)) == "week-names-differ"
    (week,) = report(bundle(lie))["weeks"]
    assert not week["is_on_record"]


def test_a_name_is_on_record_before_it_is_signed() -> None:
    """What is stated afterwards says nothing of it."""
    (week,) = report(bundle(WeekLie(after=RECORD), OPEN))["weeks"]
    assert not week["is_on_record"]
    assert any("0 named as on record" in line for line in VERIFY.words(report(bundle())))


def test_a_signer_who_is_a_member_under_another_name_is_told() -> None:
    """The supervisee types a supervisor's name, and who signs may have joined as somebody else."""
    fact = structs.replace(STATED[1], name=Private("Dana R. Roe"))
    record = (RECORD[0], event(STREAMS[MemberJoined], fact, PERSON), *RECORD[2:])
    assert findings(WeekLie(earlier=record), OPEN) == [("signer-named-otherwise", "position 15")]
    assert findings(WeekLie(earlier=RECORD), OPEN) == []


def test_statements_of_days_that_were_not_asked_for_are_not_compared() -> None:
    """An older one may be what the row prints."""
    next_us, start = START_US + DAY_US, dt.datetime.fromtimestamp(START_US // 1_000_000, dt.UTC)
    day = start.date() + dt.timedelta(1)
    moved = structs.replace(SUPERVISED, licence_number=Private("11111"))
    restated = event(SUPERVISION.int, SupervisionStated(person_id=PERSON, entry=moved), PERSON)
    rows = (event(WEEK, fact) for fact in honest_facts(WeekLie(at_us=next_us)))
    that_day = (*RECORD[:-1], restated, event(KEYS, register(USUAL)), *rows)
    lie = WeekLie(
        earlier=RECORD,
        left_out=("registered", "submitted", "signed"),
        after=tuple(replace(each, time_us=next_us) for each in that_day),
    )
    epochs = (START_US + 3 * MINUTE_US, START_US + 10 * MINUTE_US, next_us + MINUTE_US)
    whole = replace(OPEN, epoch_times_us=epochs)
    for days, is_on_record in ((None, True), (Days(day, day), False)):
        (week,) = report(bundle(lie, replace(whole, days=days)))["weeks"]
        assert week["is_on_record"] is is_on_record
