"""Begins the operator's log, which takes slot 0 on a database that holds nothing yet."""

from typing import get_args

from aggregates.operator_log import OPERATOR_LOG, OpenOperatorLog, OperatorFact
from aggregates.refusal import RefusalCode
from commands.context import Actor, Context
from commands.handle import Handled, Order, Rules, handle
from ledger.ids import NIL, derived

OPERATOR_LOG_ID = derived("operator log")
OPERATOR_RULES = Rules(OPERATOR_LOG, get_args(OperatorFact), RefusalCode.PRACTICE_UNKNOWN)


def open_operator_log(context: Context) -> Handled:
    """Begin the operator's log, once; safe at every start."""
    actor = Actor(OPERATOR_LOG_ID, NIL)
    command_id = derived("open operator log")
    order = Order(actor, OPERATOR_LOG_ID, command_id, OpenOperatorLog())
    return handle(context, OPERATOR_RULES, order)
