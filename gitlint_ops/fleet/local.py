"""The executor on this machine: some resident processes, each with one repository at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import SimpleQueue

from gitlint_ops.fleet.checker import Checker
from gitlint_ops.fleet.model import Answer, Task


class LocalExecutor:
    """``workers`` processes; ``seconds`` is how long a repository may take."""

    def __init__(self, workers: int, seconds: float) -> None:
        self._checkers = [Checker(seconds) for _ in range(workers)]
        self._free: SimpleQueue[Checker] = SimpleQueue()
        for checker in self._checkers:
            self._free.put(checker)
        self._threads = ThreadPoolExecutor(workers)

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        """Give what came of each task, as ``Executor`` has it."""
        futures = {self._threads.submit(self._answer, task): at for at, task in enumerate(tasks)}
        for future in as_completed(futures):
            yield futures[future], future.result()

    def _answer(self, task: Task) -> Answer:
        checker = self._free.get()
        try:
            return checker.answer(task)
        finally:
            self._free.put(checker)

    def close(self) -> None:
        """End all processes, those that work too."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with ThreadPoolExecutor(len(self._checkers)) as enders:
            list(enders.map(Checker.close, self._checkers))
