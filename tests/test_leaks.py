"""What people type stays sealed: no canary is in a file, a log, an address or another's page."""

import datetime as dt
import logging
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from aggregates.practice import JoinMember, Role
from aggregates.private import Private
from commands.context import Actor, Context
from commands.join_member import join_member
from commands.open_practice import open_practice
from commands.opening import open_context
from commands.sign_baa import sign_baa
from ledger.clock import SystemClock
from ledger.opening import sealing
from ledger.postgres.connect import Role as DatabaseRole
from ledger.postgres.embedded import EmbeddedServer
from ledger.postgres.migrate import migrate
from ledger.postgres.settings import Settings
from ledger.seal_log.sealer import seal_once
from projections.read_models import Followers
from tests.fix_postgres import remove_server_files
from tests.leak_hours import HOURS_CANARIES, state_hours
from tests.leak_identity import EMAILS, NAMES, come_in_by_mail
from tests.leak_sweep import disguises, find, packed, sweep
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.serving import wire
from web.settings import WebSettings

pytestmark = pytest.mark.postgres
NAME = "Zebulon Quixotefield"
ALIAS = "Q-739"
SETTING = "Canary Meadow Clinic 8371"
REMARK = "remark-canary-55821 was written"
PRACTICE = "Practice canary Umbrellabird"
MEMBER = "Member canary Hippogriffin"
REFUSED = "Wilhelmina & Rumpelstiltskinson"
FORGED = "forged-canary-90210"
REFUSED_PART = REFUSED.split(" & ")[1]
ADDRESS = "198.51.100.23"
CANARIES = (
    *(NAME, NAME.split()[1], ALIAS, SETTING, REMARK, PRACTICE, MEMBER, FORGED, REFUSED_PART),
    ADDRESS,
    *HOURS_CANARIES,
)
LOOKS = ("/access", "/trail?show=others", "/trail?show=own")
REPLAYS = ("/replay", *(f"/replay?position={position}" for position in range(10)))
ORIGIN = "https://localhost:8443"
SECRETS = 7


@dataclass
class Story:
    """What was done, what could be seen of it from outside, and where it was kept."""

    folders: list[Path]
    others_pages: list[bytes] = field(default_factory=list[bytes])
    outside: list[bytes] = field(default_factory=list[bytes])
    secrets: list[str] = field(default_factory=list[str])


@dataclass
class Front:
    """The pages over the real stack."""

    context: Context
    sign_in: DevelopmentSignIn
    client: TestClient

    def enter(self, actor: Actor) -> None:
        """Sign somebody in."""
        code = self.sign_in.link(actor).partition("#")[2]
        assert self.client.post("/sign-in", data={"code": code}).status_code == 303


def _front(context: Context, ledger_settings: Settings, settings: WebSettings) -> Front:
    sign_in = DevelopmentSignIn(settings, context.clock, print)
    pages = app.build(
        wire(context, ledger_settings, broken=tuple),
        settings,
        clock=context.clock,
        ids=context.ids,
        sessions=FakeSessions(),
        identity=None,
        development_sign_in=sign_in,
    )
    headers = {"sec-fetch-site": "same-origin"}
    client = TestClient(
        pages, ORIGIN, follow_redirects=False, headers=headers, client=(ADDRESS, 50_000)
    )
    return Front(context, sign_in, client)


def _day() -> str:
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=9)).isoformat()


def _form(client: str) -> dict[str, str]:
    return {
        "command_id": str(uuid4()),
        "date": _day(),
        "start": "09:00",
        "minutes": "50",
        "setting": SETTING,
        "client": client,
        "modality": "video",
        "participants": "individual",
    }


def _act(front: Front, story: Story, therapist: Actor) -> None:
    """Log, correct and delete as a person would, and fail as a person would."""
    front.enter(therapist)
    while front.client.get("/setup").status_code != 200:
        time.sleep(0.1)  # the read models are being made
    week = f"/week/{_day()}"
    for typed in (NAME, ALIAS, REFUSED, "x" * 90 + NAME):
        answer = front.client.post(week, data=_form(typed))
        story.outside.append(repr(sorted(answer.headers.items())).encode())
    page = front.client.get(week, follow_redirects=True).text
    assert ALIAS in page, "the therapist sees their own"
    stream = page.split('id="s-')[1][:36]
    story.outside += state_hours(front.client, _day())
    shown = {"version": "1", "command_id": str(uuid4())}
    corrected = {**_form(ALIAS), **shown, "minutes": "45"}
    front.client.post(f"/session/{UUID(stream)}", data=corrected)
    gone = {"command_id": str(uuid4()), "version": "2", "reason": "other", "remark": REMARK}
    assert front.client.post(f"/session/{UUID(stream)}/delete", data=gone).status_code == 303
    answer = front.client.get(f"/session/{FORGED}")
    story.outside += [answer.content, repr(sorted(answer.headers.items())).encode()]


def _look(front: Front, story: Story, other: Actor, stream_pages: tuple[str, ...]) -> None:
    front.enter(other)
    story.others_pages += [front.client.get(path).content for path in stream_pages]


def _tell(context: Context, story: Story, settings: WebSettings) -> None:
    owner, therapist, officer = Actor(uuid4(), uuid4()), uuid4(), uuid4()
    open_practice(context, owner, Private(PRACTICE), Private(MEMBER), uuid4())
    sign_baa(context, owner, ("1", bytes(32)), Private("203.0.113.77"), uuid4())
    for person_id, role in ((therapist, Role.THERAPIST), (officer, Role.COMPLIANCE_OFFICER)):
        joined = JoinMember(
            person_id=person_id, role=role, name=Private(MEMBER), invited_by=owner.person_id
        )
        join_member(context, owner, joined, uuid4())
    front = _front(context, Settings(settings.data_dir), settings)
    _act(front, story, Actor(owner.practice_id, therapist))
    _look(front, story, owner, (f"/week/{_day()}", "/"))
    seal_once(sealing(context.ledger.database, Settings(settings.data_dir), context.clock))
    _look(front, story, Actor(owner.practice_id, officer), (*REPLAYS, *LOOKS))
    answers, secrets = come_in_by_mail(context, settings, owner)
    story.outside += answers
    story.secrets += secrets


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Everything done once, on a PostgreSQL of its own, then stopped and kept."""
    started_s = time.time()
    data_dir = tmp_path_factory.mktemp("leaks") / "data"
    settings = Settings(data_dir=data_dir)
    records: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    server = EmbeddedServer(data_dir, durable=False)
    with server:
        told = Story([data_dir, server.place.home])
        migrate(server.database, SystemClock())
        with open_context(server.database, settings) as context:
            followers = Followers(context.ledger.database, context.ledger.keys)
            followers.start()
            _tell(context, told, WebSettings(data_dir=data_dir))
            followers.stop()
        seal_once(sealing(server.database, settings, SystemClock()))
        with server.database.connect(DatabaseRole.OWNER) as connection:
            connection.execute("CHECKPOINT")
    told.outside.append("\n".join(records).encode())
    told.outside += [path.read_bytes() for path in _fresh_files(started_s)]
    yield told
    remove_server_files(server)


def _fresh_files(started_s: float) -> list[Path]:
    folder = Path(tempfile.gettempdir())
    return [p for p in folder.iterdir() if p.is_file() and p.stat().st_mtime >= started_s]


def test_no_file_of_the_database_or_the_service_holds_a_canary(story: Story) -> None:
    assert any(folder.rglob("PG_VERSION") for folder in story.folders)
    assert len(story.secrets) == SECRETS
    assert sweep(story.folders, [*CANARIES, *EMAILS, *NAMES, *story.secrets]) == []


def test_no_log_temporary_file_header_or_error_page_holds_a_canary(story: Story) -> None:
    canaries = [*CANARIES, *EMAILS, *NAMES, *story.secrets]
    assert [leak for seen in story.outside for leak in find(seen, canaries)] == []


def test_no_page_of_another_member_holds_the_therapists_canaries(story: Story) -> None:
    theirs = (NAME, ALIAS, SETTING, REMARK, *HOURS_CANARIES)
    assert len(story.others_pages) == 2 + len(REPLAYS) + len(LOOKS)
    assert [leak for page in story.others_pages for leak in find(page, theirs)] == []


def test_no_replay_of_the_practice_names_anybody(story: Story) -> None:
    replays = story.others_pages[2 : 2 + len(REPLAYS)]
    assert b"<h1>After event" in replays[0]
    assert any(b"deleted a session" in page for page in replays)
    assert [leak for page in replays for leak in find(page, CANARIES)] == []


def test_no_page_of_looks_names_anybody_or_says_from_where(story: Story) -> None:
    """The practice's own name stands in no line about a look."""
    pages = story.others_pages[2 + len(REPLAYS) :]
    assert b"A therapist (member " in pages[0]
    assert [leak for page in pages for leak in find(page, CANARIES)] == []


@pytest.mark.parametrize("form", disguises(NAME))
def test_the_sweep_finds_a_leak_in_each_disguise(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x01\x02noise" + disguises(NAME)[form] + b"noise")
    assert sweep([tmp_path], [NAME])


@pytest.mark.parametrize("form", packed(NAME))
def test_the_sweep_finds_a_compressed_leak(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"noise" + packed(f"a line with {NAME} in it")[form])
    assert sweep([tmp_path], [NAME])
