"""The page and the statement of a bundle list the signed weeks that its verifier finds."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from pypdf import PdfReader

from aggregates.hours.enrolment import EnrolmentStated
from aggregates.hours.enrolment_entry import Phase, WeekStart
from aggregates.hours.moved_rows import Counted
from aggregates.private import Private
from aggregates.session import SessionCorrected
from aggregates.shredding import ShredReason
from commands.context import Context, Part
from commands.correct_session import correct_session
from commands.handle import Handled
from commands.hours.setup import state_enrolment, state_supervision
from commands.hours.sign_week import sign_week
from commands.hours.streams import enrolment_stream
from commands.hours.submit_week import Submission, take_back_week
from commands.session import Shown
from ledger.opening import open_destroyer, sealing
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from retention.shred import shred
from tests.aggregates.hours_examples import ENROLMENT, SUPERVISED
from tests.attacks.bundles import Files, of_folder, report
from tests.fix_hours import SUNDAY, Supervised
from tests.fix_signing import REFERENCE, sign_row, signing, submit
from tests.signer import Signer
from web.terminal.bundle import Wanted, write_bundle
from web.terminal.week_lists import VOID

pytestmark = pytest.mark.postgres
Write = Callable[..., Files]
ROW = re.compile(r'<tr(?: class="void")?><th scope="row">(\d\S+)</th>(.*?)</tr>')
LATER = msgspec.structs.replace(
    ENROLMENT, week_start=WeekStart.SUNDAY, degree_on=SUNDAY + dt.timedelta(30)
)
CELL = re.compile(r"<td[^>]*>(.*?)</td>")


@dataclass(frozen=True)
class Listed:
    """A row of the page's list."""

    week: str
    minutes: int
    state: str
    signed: str
    where: str
    reference: str


@pytest.fixture
def write(context: Context, settings: Settings, supervised: Supervised, tmp_path: Path) -> Write:
    """Seal what there is, and write a bundle of it."""

    def written(*, is_disclosed: bool = True, **wanted: object) -> Files:
        seal_once(sealing(context.ledger.database, settings, context.clock))
        place = tmp_path / uuid4().hex
        practice_id = supervised.person.practice_id
        asked = Wanted(practice_id=practice_id, place=place, is_disclosed=is_disclosed, **wanted)  # type: ignore[arg-type] -- by name
        write_bundle(context, settings, asked, lambda _done, _of: None)
        return of_folder(place)

    return written


def listed(files: Files) -> list[Listed]:
    """Return the rows of the page, in the order of the log."""
    found = list[Listed]()
    for week, cells in ROW.findall(files["index.html"].decode()):
        *hours, state, signed, position, reference = CELL.findall(cells)
        whole, rest = hours[-1].split(":")
        minutes = 60 * int(whole) + int(rest)
        code = re.sub("<[^>]*>", "", reference)
        found.append(Listed(week, minutes, state, signed, f"position {position}", code))
    return sorted(found, key=lambda row: int(row.where.split()[1]))


def printed(files: Files) -> str:
    """Return what the statement says, with every run of white space as one space."""
    reader = PdfReader(BytesIO(files["statement.pdf"]))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def assert_agree(files: Files) -> list[str]:
    """Compare the lists with what the verifier finds; returns the states."""
    found, rows = report(files), listed(files)
    told = [
        (week["week"][:10], week["minutes"], week["state"], week["where"], week["signed_us"])
        for week in found["weeks"]
    ]
    assert told == [
        (row.week, row.minutes, "void" if row.state == VOID else "signed", row.where, signed_us)
        for row, (*_, signed_us) in zip(rows, told, strict=True)
    ]
    for row, (*_, signed_us) in zip(rows, told, strict=True):
        moment = dt.datetime.fromtimestamp(signed_us // 1_000_000, dt.UTC)
        assert row.signed == f"{moment:%Y-%m-%d %H:%M:%S}"
        assert row.reference == REFERENCE.hex()
        line = f"{row.state} {row.signed} {row.where.split()[1]} {row.reference}"
        assert line in printed(files)
    page = " ".join(files["index.html"].decode().split())
    left_out, closed, gone = found["weeks_left_out"], found["rows_closed"], found["rows_shredded"]
    assert re.search(rf"{left_out} signatures? of days not asked for", page)
    assert re.search(rf"{closed} rows? not disclosed, {gone} rows? shredded", page)
    assert f"{gone} row{'' if gone == 1 else 's'} shredded" in printed(files)
    if rows:
        assert re.search(rf"{len(rows)} signatures?, each checked by verify.py", page)
    return [row.state for row in rows]


def test_signed_void_and_signed_again(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """As the verifier says, in both files; whoever has not signed stands nowhere."""
    assert assert_agree(write()) == []
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    assert assert_agree(write()) == ["Signed"]
    longer = supervised.session(minutes="80")
    correct_session(context, supervised.person, Shown(session.stream_id), longer, uuid4())
    assert assert_agree(write()) == [VOID]
    submit(context, supervised, session.stream_id)
    assert assert_agree(write()) == [VOID]
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    files = write()
    assert assert_agree(files) == [VOID, "Signed again"]
    assert [row.minutes for row in listed(files)] == [50, 80]
    for words in ("Owner, signed by Dana Roe, LMFT 98765. Café Rivière, after the degree", "1:20"):
        assert words in printed(files)
    assert re.search(r"Total (\d+:\d\d ){5}1:20 of 1 week signed", printed(files))
    take_back_week(context, supervised.person, supervised.key, uuid4())
    assert assert_agree(write()) == [VOID, VOID]


def test_an_entry_that_changed_alone_voids_its_week(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """Also where nothing opened the row."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    corrected = SessionCorrected(entry=supervised.session(minutes="80"))
    part = Part(session.stream_id, session.version, [corrected])
    context.record(supervised.person, uuid4(), [part])
    assert assert_agree(write()) == [VOID]


def test_a_restated_degree_leaves_one_week_with_each_entry(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """The row of before is void, and signed again it is another row; nothing is left to ask."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    counted = {Counted(supervised.supervision_id, supervised.session().date)}
    state_enrolment(context, supervised.person, LATER, uuid4(), counted)
    assert assert_agree(write()) == [VOID]
    key = msgspec.structs.replace(supervised.key, phase=Phase.BEFORE_DEGREE)
    sign_row(context, signer, Submission(key, [session.stream_id]), supervised.person)
    files = write()
    assert assert_agree(files) == [VOID, "Signed"]
    assert report(files)["findings"] == []


def test_a_log_that_left_the_row_signed_sums_up_an_entry_twice(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """Where nothing opened the row of before, the verifier says to ask about it."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    person = supervised.person
    enrolment = enrolment_stream(person.practice_id, person.person_id)
    version = len(context.history(person.practice_id, enrolment))
    stated = EnrolmentStated(person_id=person.person_id, entry=LATER)
    context.record(person, uuid4(), [Part(enrolment, version, [stated])])
    key = msgspec.structs.replace(supervised.key, phase=Phase.BEFORE_DEGREE)
    sign_row(context, signer, Submission(key, [session.stream_id]), person)
    files = write()
    assert assert_agree(files) == ["Signed", "Signed"]
    both = ", ".join(row.where for row in listed(files))
    assert report(files)["findings"] == [("entry-in-two-weeks", both)]
    assert all(week["is_on_record"] for week in report(files)["weeks"])
    for phase in ("before the degree", "after the degree"):
        assert f"Café Rivière, {phase}" in printed(files)


def test_an_older_checkpoint_lists_what_was_then(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """Void only by what the bundle holds; and it is the same bytes again."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    first = write()
    longer = supervised.session(minutes="80")
    correct_session(context, supervised.person, Shown(session.stream_id), longer, uuid4())
    assert assert_agree(write()) == [VOID]
    assert write(size=1) == first
    assert assert_agree(first) == ["Signed"]


def test_a_name_that_no_font_has_keeps_no_bundle_from_being_made(
    context: Context, supervised: Supervised, signer: Signer, session: Handled, write: Write
) -> None:
    """Nor does one of markup: the page shows both as they are."""
    name = "\u738b <b>Roe</b> & #x"
    stated = msgspec.structs.replace(
        SUPERVISED,
        setting_id=supervised.setting_id,
        supervisor_id=signer.actor.person_id,
        supervisor_name=Private(name),
    )
    state_supervision(context, supervised.person, supervised.supervision_id, stated, uuid4())
    take_back_week(context, supervised.person, supervised.key, uuid4())
    submit(context, supervised, session.stream_id)
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    files = write()
    assert assert_agree(files) == ["Signed"]
    assert "signed by <bdi>\u738b &lt;b&gt;Roe&lt;/b&gt; &amp; #x, LMFT" in (
        files["index.html"].decode()
    )
    assert "signed by \\u738b <b>Roe</b> & #x, LMFT" in printed(files)
    (found,) = report(files)["findings"]
    assert found[0] == "signer-named-otherwise"


@pytest.mark.usefixtures("session")
def test_what_is_not_disclosed_is_counted_and_not_named(
    context: Context, supervised: Supervised, signer: Signer, write: Write
) -> None:
    """Without keys nobody is named; of other days only how many there are."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    closed = write(is_disclosed=False)
    assert assert_agree(closed) == []
    assert report(closed)["rows_closed"] == 1
    for name in ("Dana", "Rivière", "98765", "Owner"):
        assert name not in closed["index.html"].decode()
        assert name not in printed(closed)
    other_days = write(first=SUNDAY, last=SUNDAY)
    assert assert_agree(other_days) == []
    assert report(other_days)["weeks_left_out"] == 1


@pytest.mark.usefixtures("session")
def test_a_shredded_row_is_counted(
    context: Context, settings: Settings, supervised: Supervised, signer: Signer, write: Write
) -> None:
    """Its names are gone for good, its proofs are not."""
    sign_week(context, signer.actor, signing(context, supervised, signer), uuid4())
    practice_id, reason = supervised.person.practice_id, ShredReason.RETENTION_ELAPSED
    with open_destroyer(context.ledger.database, settings, context.clock) as destroyer:
        shred(context, destroyer, practice_id, supervised.row, reason)
    files = write()
    assert assert_agree(files) == []
    assert report(files)["rows_shredded"] == 1
