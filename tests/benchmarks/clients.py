"""Lets contestants run in turn, each with many clients at once, and counts what they get done."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

Step = Callable[[], object]
Tell = Callable[[float], object]

WARM_UP_S = 0.3


def events_per_second(steps: Sequence[Step], seconds: float) -> float:
    """Run each step over and over on a thread of its own; a step is one event, committed."""
    counts = [0] * len(steps)
    errors: list[BaseException] = []
    start = threading.Barrier(len(steps) + 1)
    stop_at = [0.0]

    def run(client: int) -> None:
        step = steps[client]
        start.wait()
        try:
            while time.perf_counter() < stop_at[0]:
                step()
                counts[client] += 1
        except BaseException as error:  # noqa: BLE001 -- raised again by whoever asked
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(steps))]
    for thread in threads:
        thread.start()
    began_at = time.perf_counter()
    stop_at[0] = began_at + seconds
    start.wait()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts) / (time.perf_counter() - began_at)


def in_turn(
    contestants: Mapping[str, Sequence[Step]], rounds: int, seconds: float, tell: Tell
) -> dict[str, list[float]]:
    """Return a rate a round for each contestant.

    Each round all of them run, every time in another order, so that whatever else the machine does
    meets all alike. `tell` is told the seconds that have gone by.
    """
    names = list(contestants)
    rates: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        events_per_second(contestants[name], WARM_UP_S)
        tell(WARM_UP_S)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            rates[name].append(events_per_second(contestants[name], seconds))
            tell(seconds)
    return rates
