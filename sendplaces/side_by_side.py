"""Do independent pieces of work in several processes; results come in the order of the pieces."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, TypeVar

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows and macOS do not say
        return os.cpu_count() or 1


def side_by_side(
    work: Callable[[Shared, Item], Result],
    shared: Shared,
    items: Sequence[Item],
    workers: int,
    done: Callable[[int], None],
) -> list[Result]:
    """Return the result of each item.

    Parameters
    ----------
    work
        A function of a module (not a lambda), which another process can import.
    shared
        Given to every call; sent to each process once.
    items
        One call each.
    workers
        Processes; with one, or one item, no other process is started.
    done
        Told how many are done, in this process.

    Raises
    ------
    InputError
        When a process ended by itself, as one does that the system denies memory.
    """
    if min(workers, len(items)) <= 1:
        results = []
        for number, item in enumerate(items):
            results.append(work(shared, item))
            done(number + 1)
        return results
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(workers, len(items)),
        # not fork: solvers keep threads, which a fork would lose
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_hold,
        initargs=(work, shared),
    )
    try:
        futures = [pool.submit(_held, item) for item in items]
        for number, _ in enumerate(as_completed(futures)):
            done(number + 1)
        return [future.result() for future in futures]
    except BrokenProcessPool as error:
        raise InputError(
            [
                Fault(
                    "this machine",
                    "ended one of the processes that shared the work, most likely for want of "
                    "memory",
                    "Use --workers 1, or close other programs",
                )
            ]
        ) from error
    except BaseException:
        for child in set(multiprocessing.active_children()) - before:
            child.kill()  # what was stopped, or failed, need not be finished
        raise
    finally:
        pool.shutdown(cancel_futures=True)


_holding: list[Any] = []


def _hold(work: Callable[[Any, Any], Any], shared: Any) -> None:
    _holding[:] = [work, shared]


def _held(item: Any) -> Any:
    work, shared = _holding
    return work(shared, item)
