"""Puts on record in the operator's log what whoever runs the service changes."""

from collections.abc import Mapping

from aggregates.operator_log import NoteAct, NoteSettings, OperatorCommand
from commands.context import Actor, Context
from commands.handle import Handled, Order, handle
from commands.open_operator_log import OPERATOR_LOG_ID, OPERATOR_RULES
from ledger.ids import NIL


def note_settings(context: Context, values: Mapping[str, str]) -> Handled:
    """Record how the settings differ from those last on record; nothing when they do not."""
    return _record(context, NoteSettings(values))


def note_act(context: Context, command: NoteAct) -> Handled:
    """Record what is about to be done, durable when this returns."""
    return _record(context, command)


def _record(context: Context, command: OperatorCommand) -> Handled:
    actor = Actor(OPERATOR_LOG_ID, NIL)
    order = Order(actor, OPERATOR_LOG_ID, context.ids.new(), command)
    return handle(context, OPERATOR_RULES, order)
