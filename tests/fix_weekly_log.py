"""A supervisee with a week of hours over the real pages, and what supervisors do meanwhile."""

import datetime as dt
import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.testclient import TestClient

from aggregates.hours.enrolment_entry import WeekStart
from aggregates.hours.week_row import WeekFact
from commands.context import Context
from commands.handle import Handled, facts_of
from commands.hours.activities import log_activity
from commands.hours.setup import state_enrolment
from commands.hours.sign_week import Signing, sign_week, statement_of
from commands.hours.streams import WEEK_RULES
from commands.log_session import log_session
from projections.read_models import READ_MODELS
from projections.waiting import wait_for
from tests.aggregates.hours_examples import ENROLMENT
from tests.fix_hours import SUNDAY, Supervised
from tests.fix_real_front import RealFront
from tests.signer import Signer

LOG = f"/weeks/{SUNDAY}"
WAIT_S = 60.0
HOURS = 11


@dataclass
class Log:
    """A supervisee's browser, and what others do meanwhile."""

    context: Context
    front: RealFront
    supervised: Supervised
    browser: TestClient

    def page(self, path: str = LOG) -> str:
        """Return a page's text."""
        answer = self.browser.get(path)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.text)

    def form(self) -> dict[str, str]:
        """Return the hidden fields of the first row's form."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page())
        return dict(found[:4])

    def submit(self, form: dict[str, str] | None = None) -> str:
        """Submit the row, and return the page that follows."""
        answer = self.browser.post(f"{LOG}/submit", data=form or self.form())
        assert (answer.status_code, answer.headers["location"]) == (303, LOG)
        return self.page()

    def see(self, handled: Handled) -> UUID:
        """Wait until the pages show what was handled; returns its stream."""
        for model in READ_MODELS:
            ledger, practice_id = self.context.ledger, handled.practice_id
            assert wait_for(ledger, model.name, practice_id, handled.position, WAIT_S)
        return handled.stream_id

    def sessions(self, *hours: int) -> UUID:
        """Log hours with a couple, on the Monday or the Tuesday; returns the last one's stream."""
        done: Handled | None = None
        for hour in hours:
            day = SUNDAY + dt.timedelta(days=1 + hour % 2)
            entry = self.supervised.session(day, start=f"{8 + hour // 2:02}:00", minutes="60")
            done = log_session(self.context, self.supervised.person, entry, uuid4())
        assert done is not None
        return self.see(done)

    def supervision(self, minutes: int = 60) -> None:
        """Log an hour of individual supervision."""
        entry = self.supervised.supervision(minutes)
        self.see(log_activity(self.context, self.supervised.person, entry, uuid4()))

    def sign(self) -> None:
        """Let the supervisor sign the row as it stands."""
        signer, reference = Signer(self.context, self.supervised.supervisor), bytes(16)
        at_us = self.context.clock.now_us()
        shown = statement_of(self.context, signer.actor, self.supervised.row, at_us, reference)
        signing = Signing(
            stream_id=self.supervised.row,
            at_us=at_us,
            reference=reference,
            assertion=signer.sign(shown.reveal()),
            ip_address=None,
        )
        self.see(sign_week(self.context, signer.actor, signing, uuid4()))

    def facts(self) -> list[WeekFact]:
        """Return what happened to the row."""
        history = self.context.history(self.supervised.person.practice_id, self.supervised.row)
        return facts_of(WEEK_RULES, history)


@pytest.fixture
def log(context: Context, real_front: RealFront, supervised: Supervised) -> Log:
    """A supervisee with eleven direct hours and one unit of supervision in a week."""
    enrolled = msgspec.structs.replace(
        ENROLMENT, week_start=WeekStart.SUNDAY, registered_until=dt.date(2027, 8, 31)
    )
    state_enrolment(context, supervised.person, enrolled, uuid4())
    made = Log(context, real_front, supervised, real_front.signed_in(supervised.person))
    made.supervision()
    made.sessions(*range(HOURS))
    return made
