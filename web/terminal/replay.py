"""`therapist-os replay`: tells one event, to a person or to a program, without client identity."""

import datetime as dt
from typing import Final

import msgspec

from ledger.ids import NIL
from ledger.merkle import leaf_hash
from ledger.reader import Shredded
from projections.plain_words import describe, describe_shredded
from projections.replay import Replayed

US: Final = 1_000_000


def as_words(event: Replayed) -> str:
    """Return an event as a person reads it."""
    entry = event.entry
    moment = dt.datetime.fromtimestamp(entry.recorded_at_us / US, dt.UTC)
    by = "The system" if entry.actor_id == NIL else f"Member {entry.actor_id.hex[-8:]}"
    if isinstance(event.fact, Shredded):
        sentence = f"{describe_shredded(entry.type, by=by)} [shredded]"
    else:
        sentence = describe(event.fact, reveal=False, by=by)
    stream = f"{entry.stream_id.hex[-8:]} v{entry.version}"
    return f"{moment:%Y-%m-%d %H:%M:%S}Z  #{entry.position:<6} {stream:<14} {sentence}"


def as_json(event: Replayed) -> str:
    """Return an event as a line of JSON."""
    entry = event.entry
    is_shredded = isinstance(event.fact, Shredded)
    fields = {
        "position": entry.position,
        "recorded_at_us": entry.recorded_at_us,
        "type": entry.type,
        "stream_id": entry.stream_id,
        "version": entry.version,
        "event_id": entry.event_id,
        "actor_id": entry.actor_id,
        "leaf_hash": leaf_hash(entry.leaf).hex(),
        "state": "shredded" if is_shredded else "readable",
        "summary": None if isinstance(event.fact, Shredded) else describe(event.fact, reveal=False),
    }
    return msgspec.json.encode(fields).decode()
