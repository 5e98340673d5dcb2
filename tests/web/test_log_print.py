"""The weekly log to print: the form's columns and signatures, tagged, and nothing of clients."""

import datetime as dt
import io
import re
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from starlette.testclient import TestClient

from aggregates.bbs.history import History
from aggregates.hours.enrolment_entry import Track
from aggregates.hours.week_row import WeekSigned
from aggregates.private import Private
from tests.aggregates.bbs.invented import (
    ASSOCIATE,
    MONDAY,
    WITH_LCSW,
    activity,
    changed,
    history,
    session,
)
from tests.fix_hours import SUNDAY
from tests.fix_weekly_log import Log
from tests.web.conftest import Front
from web.pages.weekly_log.log_print import WEEKS, Form, Signed, Week, compiled

PRINT = f"/weeks/print?from={SUNDAY}"


def pdf(browser: TestClient, path: str = PRINT) -> PdfReader:
    """Return what is printed."""
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    return PdfReader(io.BytesIO(answer.content))


def text(reader: PdfReader) -> str:
    """Return its words, lines put together."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def stated(track: Track = Track.LMFT) -> History:
    """Return a history of two weeks, of which nothing is submitted."""
    entries = (session(1, MONDAY, 90), activity(2, MONDAY, 60), session(3, MONDAY.replace(day=13)))
    return history(*entries, enrolment=changed(ASSOCIATE, track=track))


@pytest.mark.postgres
def test_a_signed_row_names_its_signature_and_the_hash_of_the_statement(log: Log) -> None:
    """Who signed with which licence, when, and what to verify it by."""
    log.submit()
    log.sign()
    said = text(pdf(log.browser))
    (*_, signed) = log.facts()
    assert isinstance(signed, WeekSigned)
    assert "Electronic signature of Dana Roe, LMFT 98765, 20" in said
    without_breaks = said.replace(" ", "")
    assert sha256(signed.statement.reveal().encode()).hexdigest() in without_breaks
    assert f"Reference:{signed.reference.hex()}" in without_breaks
    assert "Supervisee Owner" in said
    assert "1 Elm Street, Fresno" in said
    assert "In the layout of form 37A-525." in said
    assert "J.D." not in said
    assert "Riverside" not in said


@pytest.mark.postgres
def test_a_signature_that_is_void_is_not_printed(log: Log) -> None:
    log.submit()
    log.sign()
    log.browser.post(f"/weeks/{SUNDAY}/take-back", data=log.form())
    said = text(pdf(log.browser))
    assert "Electronic signature of" not in said
    assert "the signature counts no more" in said


def test_columns_and_totals_are_those_of_the_form(browser: TestClient, front: Front) -> None:
    """Two weeks and their sums; A1, B1 and B2 are parts."""
    front.practice.hours.history = stated()
    said = text(pdf(browser, f"/weeks/print?from={MONDAY}"))
    assert "2026-01-05 1:30 0:00 1:00 1:00 0:00 2:30 Not submitted." in said
    assert "2026-01-12 1:00 0:00 0:00 0:00 0:00 1:00 Not submitted." in said
    assert "Totals 2:30 0:00 1:00 1:00 0:00 3:30" in said
    assert "C-001" not in said


@pytest.mark.parametrize(
    ("track", "number"), [(Track.LMFT, "37A-525"), (Track.LPCC, "37A-638"), (Track.LCSW, None)]
)
def test_a_form_has_its_number_where_that_is_known(
    browser: TestClient, front: Front, track: Track, number: str | None
) -> None:
    """Two forms are told under one number for social work, so none is printed."""
    front.practice.hours.history = stated(track)
    said = text(pdf(browser, f"/weeks/print?from={MONDAY}"))
    assert ("37A-" in said) == (number is not None)
    assert (number or "Weekly log") in said
    assert ("A1" in said.split("Week of")[1].split("2026-01-05")[0]) == (track is not Track.LPCC)


def test_it_is_tagged_and_says_what_it_is(browser: TestClient, front: Front) -> None:
    """A screen reader finds language, title and structure."""
    front.practice.hours.history = stated()
    reader = pdf(browser, f"/weeks/print?from={MONDAY}")
    root = reader.root_object
    marks = root["/MarkInfo"]
    assert isinstance(marks, DictionaryObject)
    assert (marks["/Marked"], root["/Lang"]) == (True, "en-US")
    assert reader.metadata is not None
    assert reader.metadata.title == "Weekly log of experience hours"


def test_each_supervision_has_a_page_of_its_own(browser: TestClient, front: Front) -> None:
    """As the Board asks for a log of its own for each."""
    known = stated()
    other = next(each for each in known.supervisions if each.int == 12)
    more = session(9, MONDAY, supervision=other)
    front.practice.hours.history = replace(known, entries=(*known.entries, more))
    reader = pdf(browser, f"/weeks/print?from={MONDAY}")
    assert len(reader.pages) == 2


def test_a_name_in_signs_that_no_font_has_is_printed_by_its_numbers(
    browser: TestClient, front: Front
) -> None:
    """The page is there, and every other sign as it is."""
    named = history(
        session(1, MONDAY), supervision=changed(WITH_LCSW, supervisor_name=Private("王 Zoë"))
    )
    front.practice.hours.history = named
    assert "\\u738b Zoë" in text(pdf(browser, f"/weeks/print?from={MONDAY}"))


def test_each_registration_has_a_page_of_its_own(browser: TestClient, front: Front) -> None:
    """With its number, that of the end of the week; a page names one registration."""
    known = stated()
    issued_on = MONDAY + dt.timedelta(days=13)
    second = msgspec.structs.replace(
        known.enrolment, second_registration=Private("AMFT 67890"), second_registered_on=issued_on
    )
    front.practice.hours.history = replace(known, enrolment=second)
    reader = pdf(browser, f"/weeks/print?from={MONDAY}")
    first, following = (page.extract_text() for page in reader.pages)
    assert ("AMFT 12345" in first, "2026-01-05" in first) == (True, True)
    assert ("AMFT 67890" in following, "2026-01-12" in following) == (True, True)
    assert "2026-01-12" not in first
    assert "AMFT 67890" not in first


def test_ten_signed_rows_fit_on_a_page() -> None:
    """With names of forty-two letters."""
    name = 14 * "Wi "
    signature = Signed(f"Electronic signature of {name}, LMFT 98765", 64 * "f", 32 * "f")
    week = Week("2026-01-05", ["100:00"] * 6, signature)
    form = Form(
        number="37A-525",
        supervisee=name,
        registration="AMFT 140000",
        supervisor=name,
        licence="LMFT 98765",
        setting=name,
        address=2 * name,
        phase="After the degree was awarded",
        columns=[("A", "Direct counseling")] * 6,
        weeks=[week] * WEEKS,
        totals=["1,000:00"] * 6,
    )
    assert len(PdfReader(io.BytesIO(compiled([form], 0))).pages) == 1


def test_where_there_is_nothing_it_says_so(browser: TestClient, front: Front) -> None:
    front.practice.hours.history = stated()
    assert "Nothing to print" in browser.get("/weeks/print?from=2020-01-01").text
    assert browser.get("/weeks/print?from=soon").status_code == 404
