"""Lists of signed weeks: who signed for whom, sums of what stands, and pages that repeat heads."""

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from pypdf import PdfReader

from aggregates.hours.enrolment_entry import Phase
from aggregates.hours.week_content import RowMinutes
from aggregates.private import Private
from projections.disclosed_weeks import SignatureState, SignedWeek, SignedWeeks
from tests.aggregates.hours_examples import ROW
from tests.web.test_statement import TIME_S, TOLD, dictionaries
from web.terminal import statement as statements
from web.terminal.week_lists import NAMES, WeekLists, week_lists

SUNDAY = dt.date(2021, 1, 3)
STATES = st.sampled_from(SignatureState)


def week(
    number: int, state: SignatureState = SignatureState.SIGNED, supervisee: str = "Sam Roe"
) -> SignedWeek:
    """The week so many weeks after the first, of a person."""
    first_day = SUNDAY + dt.timedelta(7 * number)
    content = structs.replace(
        ROW,
        key=structs.replace(ROW.key, first_day=first_day),
        printed=structs.replace(ROW.printed, supervisee=Private(supervisee)),
        minutes=RowMinutes(a=60 + number, a1=30, b=90, b1=60, b2=30),
    )
    return SignedWeek(content, state, 1_790_000_000_000_000, bytes(16), 100 + number)


def lists(*weeks: SignedWeek) -> WeekLists:
    return week_lists(SignedWeeks(weeks))


def pdf(told: WeekLists) -> bytes:
    """The statement with these lists."""
    return statements.compiled(structs.replace(TOLD, weeks=told), TIME_S)


def texts(raw: bytes) -> list[str]:
    """The text of each page."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(raw)).pages]


@given(st.lists(STATES, min_size=1, max_size=30))
def test_totals_are_of_the_weeks_that_stand(states: Sequence[SignatureState]) -> None:
    """What is void is listed and summed up nowhere."""
    weeks = [week(number, state) for number, state in enumerate(states)]
    (group,) = lists(*weeks).groups
    assert len(group.lines) == len(weeks)
    standing = [each for each in weeks if each.state is not SignatureState.VOID]
    assert [line.stands for line in group.lines] == [each in standing for each in weeks]
    a, total = (
        sum(getattr(each.content.minutes, name) for each in standing) for name in ("a", "c")
    )
    assert group.totals[0] == f"{a // 60}:{a % 60:02}"
    assert group.totals[-1] == f"{total // 60}:{total % 60:02}"
    assert len(group.totals) == len(NAMES)


def test_each_supervision_and_phase_has_a_list() -> None:
    """By what the statement prints and whose it is; in each, week after week."""
    other = week(0, supervisee="Lee Roe")
    key = structs.replace(week(2).content.key, phase=Phase.BEFORE_DEGREE)
    before = week(2)
    before = SignedWeek(
        structs.replace(before.content, key=key), before.state, before.at_us, bytes(16), 7
    )
    namesake = structs.replace(week(5).content.key, person_id=UUID(int=1))
    same = SignedWeek(
        structs.replace(week(5).content, key=namesake), before.state, before.at_us, bytes(16), 8
    )
    found = lists(week(1), other, week(0), before, same).groups
    assert [(group.supervisee, group.phase) for group in found] == [
        ("Lee Roe", "after the degree"),
        ("Sam Roe", "after the degree"),
        ("Sam Roe", "after the degree"),
        ("Sam Roe", "before the degree"),
    ]
    assert [line.week for line in found[2].lines] == ["2021-01-03", "2021-01-10"]
    assert found[0].supervisor == "Dana Roe, LMFT 98765"


def test_every_page_of_a_long_list_repeats_its_head() -> None:
    """Whose rows they are, and the names of the columns; each row stands once."""
    first, second, *rest = texts(pdf(lists(*(week(number) for number in range(300)))))
    assert "300 signatures, each checked by verify.py" in first
    assert "Sam Roe" not in first + second
    assert len(rest) > 5
    for text in rest:
        assert "Sam Roe, signed by Dana Roe, LMFT 98765. Café Rivière, after the degree" in text
        assert "Week of A A1 B B1 B2 C State Signed (UTC) Position Reference" in text
    for number in range(300):
        day = (SUNDAY + dt.timedelta(7 * number)).isoformat()
        assert sum(text.count(day) for text in rest) == 1
    assert [text.count("Total") - text.count("Totals") for text in rest] == [
        *[0] * (len(rest) - 1),
        1,
    ]


def test_the_lists_are_tagged_tables_and_always_the_same() -> None:
    """With heads for who listens to them; on sheets turned, behind the two pages."""
    told = lists(*(week(number, supervisee=name) for number in range(40) for name in ("A", "B")))
    raw = pdf(told)
    assert raw == pdf(told)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in raw
    elements = [each for each in dictionaries(raw) if "/S" in each]
    tables = [each for each in elements if each["/S"] == "/Table"]
    assert len(tables) == 3  # the bodies of events are one
    kinds = [str(each["/S"]) for each in elements]
    assert kinds.count("/THead") == 3
    assert kinds.count("/TFoot") == 2
    sides = [[float(side) for side in page.mediabox] for page in PdfReader(BytesIO(raw)).pages]
    assert [width > height for _, _, width, height in sides] == [False, False, *[True] * 3]


def test_signs_that_no_font_has_are_told_by_their_numbers() -> None:
    """And the rest of a name stays as it is."""
    told = lists(week(0, supervisee="\u738b \N{GRINNING FACE} O'Roe"))
    assert "\\u738b \\U0001f600 O'Roe, signed by Dana Roe" in texts(pdf(told))[2]
    assert "Caf\u00e9 Rivi\u00e8re" in texts(pdf(told))[2]
