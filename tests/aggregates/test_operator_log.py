"""The operator's own log begins once."""

from aggregates.operator_log import OPERATOR_LOG, OpenOperatorLog, OperatorLogOpened
from tests.spec import Given


def test_the_log_begins() -> None:
    """With a genesis that holds nothing."""
    Given(OPERATOR_LOG).when(OpenOperatorLog()).then(OperatorLogOpened())


def test_it_begins_once() -> None:
    """Every start of the service may ask again."""
    Given(OPERATOR_LOG).given(OperatorLogOpened()).when(OpenOperatorLog()).then_nothing()
