"""Whatever is sent by the description of the API, or against it, is answered as it says."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode, checks

from aggregates.access import RecordKind
from aggregates.practice import Role
from tests.fix_real_front import NAME, RealFront
from web.api.operation import AnyOperation
from web.api.public import DESCRIPTION_PATH
from web.api.table import OPERATIONS

pytestmark = pytest.mark.postgres
EXAMPLES, EXAMPLES_DEEP = 30, 1_000
CHECKS: Any = [
    checks.not_a_server_error,  # pyright: ignore[reportUnknownMemberType] -- open types
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# Nobody may be shown these by a code or an error, whatever was sent.
QUIET_FROM = 400


@dataclass
class Caller:
    """Calls operations with a fresh token each, and counts what was answered."""

    front: RealFront
    operations: dict[str, Any]  # of schemathesis, whose types are open
    statuses: dict[str, set[int]] = field(default_factory=dict[str, set[int]])

    def parts(self, operation: AnyOperation) -> dict[str, str]:
        """Return the parts of a path that name what is there."""
        one, reads = self.front.one, operation.row.reads
        is_supervised = reads is not None and reads.kind is RecordKind.SUPERVISED
        is_activity = reads is not None and reads.kind is RecordKind.ACTIVITY
        streams = one.hours["activity"] if is_activity else one.sessions
        person = one.members[Role.THERAPIST if is_supervised else Role.SUPERVISOR]
        return {
            "stream_id": str(streams[Role.THERAPIST]),
            "person_id": str(person.person_id),
            "day": "2026-03-09",
        }

    def run(self, operation: AnyOperation, mode: GenerationMode, examples: int) -> None:
        """Call one operation in many ways: of what is there, and of what is not."""
        described = self.operations[operation.name]
        names = operation.row.path
        known = {
            name: each for name, each in self.parts(operation).items() if f"{{{name}}}" in names
        }
        self._call(operation, described.as_strategy(mode), examples)
        if known and mode is GenerationMode.POSITIVE:
            strategy = described.as_strategy(mode, path_parameters=known)
            self._call(operation, strategy, examples)

    def _call(self, operation: AnyOperation, strategy: SearchStrategy[Any], examples: int) -> None:
        role = max(operation.row.roles)
        purpose = min(operation.row.tokens)
        actor = self.front.one.members[role]

        @settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(strategy)
        def ask(case: Any) -> None:  # noqa: ANN401 -- as above
            token = self.front.token(actor, purpose)
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(answer, checks=CHECKS)
            self.statuses.setdefault(operation.name, set()).add(answer.status_code)
            if answer.status_code >= QUIET_FROM:
                assert NAME not in answer.text

        ask()


@pytest.fixture
def caller(real_front: RealFront) -> Caller:
    """The description as it is served by the application that is called."""
    schema: Any = schemathesis.openapi.from_asgi(DESCRIPTION_PATH, real_front.app)
    found = [each.ok() for each in schema.get_all_operations()]
    return Caller(real_front, {each.definition.raw["operationId"]: each for each in found})


def test_no_call_breaks_us_or_is_answered_as_nothing_describes(caller: Caller) -> None:
    """No 500, no status, header or body that the description does not have; most are reached."""
    for operation in OPERATIONS:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            caller.run(operation, mode, EXAMPLES)
    for operation in OPERATIONS:
        reached = caller.statuses[operation.name]
        assert reached & ({400, 404, 422} if operation.is_change else {200}), operation.name


@pytest.mark.slow
def test_no_call_breaks_us_however_many_there_are(caller: Caller) -> None:
    """The same, deep."""
    for operation in OPERATIONS:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            caller.run(operation, mode, EXAMPLES_DEEP)
