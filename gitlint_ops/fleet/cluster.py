"""The executor on a Dask cluster: its workers have the repositories at the same paths, and this program installed.

A worker hands a task to a resident process of its own, as on one machine: no repository can take the worker with it.
Where a worker dies, Dask gives its tasks to another one.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from gitlint_ops.fleet.checker import Checker
from gitlint_ops.fleet.model import NOT_CHECKED, Answer, ExecutorError, Task

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10
LOOK_SECONDS = 5.0
"""How often it is looked whether the cluster is still there."""
NO_WORKER_SECONDS = 60.0
"""How long a cluster may be without a worker: one that is started anew takes some seconds."""
_INSTALL = "install what reads it: pip install 'gitlint-ops[fleet]'"


class ClusterExecutor:
    """The cluster whose scheduler is at ``address``; ``seconds`` is how long a repository may take.

    Raises ExecutorError where there is none.
    """

    def __init__(self, address: str, seconds: float) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ExecutorError("--cluster needs Dask's distributed", _INSTALL) from error
        self._run, self._seconds = uuid.uuid4().hex, seconds
        try:
            self._client: Client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            advice = "name the address of a Dask scheduler, as in tcp://scheduler:8786"
            raise ExecutorError(f"there is no cluster at '{address}'", advice) from error

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        """Give what came of each task, as ``Executor`` has it."""
        done: SimpleQueue[Future] = SimpleQueue()
        waiting: dict[str, int] = {}
        futures = []
        for at, task in enumerate(tasks):
            key = f"gitlint-ops-{self._run}-{at}"
            waiting[key] = at
            futures.append(self._client.submit(check_on_worker, task, self._seconds, self._run, key=key, pure=False))
        for future in futures:
            future.add_done_callback(done.put)
        # Whoever holds a future holds its result: each goes when it was read.
        futures.clear()
        while waiting:
            future = self._next(done)
            yield waiting.pop(future.key), _result(future)

    def _next(self, done: SimpleQueue[Future]) -> Future:
        """Give the next future that is done. Raises ExecutorError where the cluster is gone, or has no worker."""
        looked = 0.0
        while True:
            try:
                return done.get(timeout=LOOK_SECONDS)
            except Empty:
                looked = 0.0 if self._has_workers() else looked + LOOK_SECONDS
            if looked >= NO_WORKER_SECONDS:
                advice = "start workers; with --state, a later run goes on from here"
                raise ExecutorError(f"the cluster had no worker for {NO_WORKER_SECONDS:.0f} seconds", advice)

    def _has_workers(self) -> bool:
        try:
            return self._client.status == "running" and bool(self._client.nthreads())
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """End this run's processes on all workers; whatever of the cluster cannot be asked ends without us."""
        with suppress(Exception):
            self._client.run(end_checkers, self._run, on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=1)


def _result(future: Future) -> Answer:
    if future.status == "finished":
        answer: Answer = future.result()
        return answer
    error = future.exception() if future.status == "error" else None
    reason = f"the cluster could not check it: {type(error).__name__ if error else future.status}"
    return Answer(reason=reason, exit_code=NOT_CHECKED)


# What runs on the workers

_free: defaultdict[str, list[Checker]] = defaultdict(list)
"""Of each run, the processes of this worker that nobody uses now."""
_all: defaultdict[str, list[Checker]] = defaultdict(list)


def check_on_worker(task: Task, seconds: float, run: str) -> Answer:
    """Check one repository in a process that this worker keeps for the run."""
    try:
        checker = _free[run].pop()
    except IndexError:
        checker = Checker(seconds)
        _all[run].append(checker)
    try:
        return checker.answer(task)
    finally:
        _free[run].append(checker)


def end_checkers(run: str) -> None:
    """End all processes of a run on this worker, those that work too."""
    _free.pop(run, None)
    for checker in _all.pop(run, ()):
        checker.close()
