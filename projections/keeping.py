"""Keeps a few values in memory for a little, the oldest going first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from ledger.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)  # with slots, a generic could not be called under its alias
class _Kept(Generic[V]):
    since_us: int
    value: V


class Keeping(Generic[K, V]):
    """At most `kept_max` values, each at most `kept_us_max` microseconds from when it was put.

    Any thread may call; `_lock` guards what is kept.
    """

    def __init__(self, clock: Clock, *, kept_max: int, kept_us_max: int) -> None:
        self._clock = clock
        self._kept_max = kept_max
        self._kept_us_max = kept_us_max
        self._lock = Lock()
        self._kept: OrderedDict[K, _Kept[V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is kept under a key."""
        with self._lock:
            self._drop_old()
            kept = self._kept.get(key)
        return None if kept is None else kept.value

    def put(self, key: K, value: V) -> None:
        """Keep a value under a key from now on."""
        with self._lock:
            self._put(key, value)

    def get_or_put(self, key: K, make: Callable[[], V]) -> V:
        """Return what is kept under a key, made and kept now if nothing is."""
        with self._lock:
            self._drop_old()
            kept = self._kept.get(key)
            return self._put(key, make()) if kept is None else kept.value

    def _put(self, key: K, value: V) -> V:
        self._kept.pop(key, None)
        self._kept[key] = _Kept(self._clock.now_us(), value)
        while len(self._kept) > self._kept_max:
            self._kept.popitem(last=False)
        return value

    def _drop_old(self) -> None:
        oldest_us = self._clock.now_us() - self._kept_us_max
        while self._kept and next(iter(self._kept.values())).since_us <= oldest_us:
            self._kept.popitem(last=False)
