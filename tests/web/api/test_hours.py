"""A program logs activities, hands weeks in, and reads how far its person has come."""

from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.api_token import TokenPurpose
from aggregates.hours.activity import ActivityCorrected, ActivityDeleted, ActivityLogged
from aggregates.hours.week_row import WeekAmended, WeekSubmitted
from aggregates.practice import Role
from tests.fix_real_front import RealFront
from tests.web.api.calls import key, seen
from web.pages.rules_in_words import ADVICE

pytestmark = pytest.mark.postgres
ACTIVITIES = "/api/v1/activities"
LOG = "/api/v1/weekly-log"
HANDED_IN = "2026-03-11"  # a day of the week that the therapist has submitted


@pytest.fixture
def program(real_front: RealFront) -> TestClient:
    """A program of a therapist that may delete, too."""
    return program_for(real_front, TokenPurpose.DELETE_SESSIONS)


def program_for(front: RealFront, purpose: TokenPurpose) -> TestClient:
    """Return a program of the therapist."""
    return front.program(front.token(front.one.members[Role.THERAPIST], purpose))


def told(front: RealFront) -> dict[str, object]:
    """Return a group's meeting under the therapist's second supervision."""
    return {
        "date": "2026-02-03",
        "minutes": 120,
        "kind": "supervision-group",
        "supervision": str(front.one.hours["supervisions"][Role.THERAPIST]),
        "modality": "video",
        "supervisees": 6,
        "segments": [60, 60],
        "title": None,
    }


def test_an_activity_is_logged_corrected_and_deleted(
    real_front: RealFront, program: TestClient
) -> None:
    """It is read as it was told, in its week too, and its history stays."""
    said = told(real_front)
    logged = program.post(ACTIVITIES, json=said, headers=key())
    assert logged.status_code == 201, logged.text
    place = logged.headers["location"]
    shown = program.get(place)
    assert (shown.json()["entry"], shown.headers["etag"]) == (said, '"1"')
    week = program.get("/api/v1/weeks/2026-02-07").json()
    assert [(each["id"], each["entry"]) for each in week["activities"]] == [
        (logged.json()["id"], said)
    ]
    longer = said | {"minutes": 150, "segments": [60, 90]}
    corrected = program.put(place, json=longer, headers=key() | seen(1))
    assert (corrected.status_code, corrected.headers["etag"]) == (200, '"2"'), corrected.text
    stale = program.put(place, json=said, headers=key() | seen(1))
    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    gone = {"reason": "other", "remark": "mine"}
    deleted = program.post(f"{place}/deletion", json=gone, headers=key() | seen(2))
    assert (deleted.status_code, deleted.json()["version"]) == (200, 3), deleted.text
    changes = program.get(place).json()["changes"]
    assert [each["kind"] for each in changes] == ["logged", "corrected", "deleted"]
    again = program.put(place, json=said, headers=key() | seen(3))
    assert (again.status_code, again.json()["code"]) == (410, "activity-deleted")
    facts = real_front.context.history(real_front.one.practice_id, UUID(place.rpartition("/")[2]))
    assert [type(each.fact) for each in facts] == [
        ActivityLogged,
        ActivityCorrected,
        ActivityDeleted,
    ]


def test_what_is_wrong_with_an_activity_is_named_as_it_was_sent(
    real_front: RealFront, program: TestClient
) -> None:
    """By the fields of the body, with the codes of the form."""
    wrong = told(real_front) | {"minutes": 0, "kind": "nap", "date": "3/9"}
    answer = program.post(ACTIVITIES, json=wrong, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid")
    assert {each["pointer"]: each["code"] for each in answer.json()["errors"]} == {
        "/date": "date-invalid",
        "/minutes": "length-invalid",
        "/kind": "kind-unknown",
    }
    others = told(real_front) | {"supervision": str(uuid4())}
    answer = program.post(ACTIVITIES, json=others, headers=key())
    assert [each["code"] for each in answer.json()["errors"]] == ["supervision-unknown"]
    session = real_front.one.sessions[Role.THERAPIST]
    assert program.get(f"{ACTIVITIES}/{session}").status_code == 404
    put = program.put(f"{ACTIVITIES}/{session}", json=told(real_front), headers=key() | seen(1))
    assert put.status_code == 404


def row_of(week: dict[str, object], state: str) -> dict[str, object]:
    """Return how the one row of a week in this state is named."""
    rows: list[dict[str, object]] = [each["row"] for each in week["rows"]]  # type: ignore[attr-defined] -- of JSON
    (found,) = (each for each in rows if each["state"] == state)
    return {name: found[name] for name in ("supervision", "phase", "shown")}


def test_a_week_is_taken_back_and_submitted_again(real_front: RealFront) -> None:
    """As it was shown, and the same key does it once; a draft was never submitted."""
    submitter = program_for(real_front, TokenPurpose.SUBMIT_WEEKS)
    week = submitter.get(f"{LOG}/{HANDED_IN}").json()
    assert week["first_day"] == "2026-03-08"
    named = row_of(week, "submitted")
    place, once = f"{LOG}/{HANDED_IN}", key()
    for _ in range(2):
        taken = submitter.post(f"{place}/take-back", json=named, headers=once)
        assert (taken.status_code, taken.json()["version"]) == (200, 2), taken.text
    handed_in = submitter.post(f"{place}/submission", json=named, headers=key())
    assert (handed_in.status_code, handed_in.json()["version"]) == (200, 3), handed_in.text
    again = submitter.post(f"{place}/submission", json=named, headers=key())
    assert (again.status_code, again.json()["code"]) == (422, "week-submitted")
    practice_id, row_id = real_front.one.practice_id, UUID(handed_in.json()["id"])
    facts = [each.fact for each in real_front.context.history(practice_id, row_id)]
    assert [type(each) for each in facts] == [WeekSubmitted, WeekAmended, WeekSubmitted]
    last = facts[-1]
    judged = submitter.get(place).json()["rows"]
    (row,) = (each for each in judged if each["row"]["id"] == str(row_id))
    assert isinstance(last, WeekSubmitted)
    assert set(last.warnings) == {each["rule_id"] for each in row["findings"]}


def test_what_is_not_as_it_was_shown_is_not_submitted(real_front: RealFront) -> None:
    """Nor a row that is none, nor one under a supervision that nobody signs for."""
    submitter = program_for(real_front, TokenPurpose.SUBMIT_WEEKS)
    place = f"{LOG}/{HANDED_IN}"
    week = submitter.get(place).json()
    named, draft = row_of(week, "submitted"), unsigned(real_front, week)
    for said, code in (
        (named | {"shown": "0" * 64}, "week-changed"),
        (named | {"supervision": str(uuid4())}, "week-unknown"),
        (draft, "supervisor-missing"),
    ):
        answer = submitter.post(f"{place}/submission", json=said, headers=key())
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    answer = submitter.post(f"{place}/take-back", json=draft, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "week-not-submitted")
    logger = program_for(real_front, TokenPurpose.LOG_SESSIONS)
    answer = logger.post(f"{place}/take-back", json=named, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (403, "purpose-needed")


def unsigned(front: RealFront, week: dict[str, object]) -> dict[str, object]:
    """Return how the row is named whose supervision names no member."""
    rows: list[dict[str, object]] = [each["row"] for each in week["rows"]]  # type: ignore[attr-defined] -- of JSON
    wanted = str(front.one.hours["supervisions"][Role.THERAPIST])
    (found,) = (each for each in rows if each["supervision"] == wanted)
    return {name: found[name] for name in ("supervision", "phase", "shown")}


def test_the_log_comes_week_by_week(real_front: RealFront, program: TestClient) -> None:
    """Newest first, by state if that is asked."""
    for date in ("2026-01-06", "2026-01-13"):
        said = told(real_front) | {"date": date}
        assert program.post(ACTIVITIES, json=said, headers=key()).status_code == 201
    whole = program.get(LOG).json()
    assert whole["next_before"] is None
    page = program.get(f"{LOG}?weeks=1").json()
    days: list[str] = [each["first_day"] for each in page["rows"]]
    while page["next_before"]:
        page = program.get(f"{LOG}?weeks=1&before={page['next_before']}").json()
        days += [each["first_day"] for each in page["rows"]]
    assert days == [each["first_day"] for each in whole["rows"]]
    assert sorted(set(days)) == ["2026-01-04", "2026-01-11", "2026-03-08"]
    submitted = program.get(f"{LOG}?state=submitted").json()["rows"]
    assert [each["first_day"] for each in submitted] == ["2026-03-08"]
    assert program.get(f"{LOG}?before=x").json()["code"] == "fields-invalid"


def test_progress_has_both_figures_and_says_where_it_is_written(
    real_front: RealFront, program: TestClient
) -> None:
    """The same numbers as the page, as of a day; and it is no advice."""
    shown = program.get("/api/v1/progress?as_of=2026-06-30").json()
    assert (shown["as_of"], shown["notice"]) == ("2026-06-30", ADVICE)
    evaluation = shown["evaluation"]
    assert evaluation["track"] == "lmft"
    assert evaluation["recorded"]["c"] == 50 + 60 + 120
    assert evaluation["creditable"]["conservative"]["c"] == 0  # nothing is signed
    for each in evaluation["requirements"]:
        assert each["citation"]
        assert each["sentence"]
        assert each["value"]["conservative"] <= each["value"]["optimistic"]
    minimums = [each for each in evaluation["requirements"] if each["expected"]]
    assert {each["does"] for each in minimums} == {"needs"}
    assert program.get("/api/v1/progress?as_of=1999-01-01").json()["code"] == "fields-invalid"
    real_front.follow()
    own = program.get("/api/v1/trail?show=own").json()["items"]
    assert any("progress" in each["sentence"] for each in own)
