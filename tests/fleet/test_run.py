from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gitlint_ops import __version__
from gitlint_ops.config import Config
from gitlint_ops.fleet import Answer, ExecutorError, Outcome, Repository, State, Task, check_fleet
from gitlint_ops.fleet.packing import packed
from gitlint_ops.lint import load_rules
from tests.report import samples

REPORT = samples.report(samples.IMAGE, rules=load_rules(Config())[:2])
BASIS = {"digest": "0", "reads": [["file", "a.yaml"]]}
DONE = Answer(packed(REPORT), BASIS)
REPOSITORIES = (Repository("a", Path("/clones/a")), Repository("b", Path("/clones/b")))


class Given:
    """An executor that gives these answers, by the repository's folder, the last task's first."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.tasks: Sequence[Task] = ()
        self._answers = answers

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        self.tasks = tasks
        for at, task in reversed([*enumerate(tasks)]):
            name = Path(task.root).name
            if name not in self._answers:
                raise ExecutorError("the cluster is gone", "start one")
            yield at, self._answers[name]

    def close(self) -> None:
        """There is nothing to end."""


def run(executor: Given, state: State | None = None) -> list[Outcome]:
    return list(check_fleet(REPOSITORIES, {"profile": "strict"}, executor, state))


def test_each_repository_has_an_outcome() -> None:
    executor = Given({"a": DONE, "b": Answer(reason="it took too long", exit_code=3)})
    assert run(executor) == [Outcome("b", reason="it took too long", exit_code=3), Outcome("a", REPORT)]
    assert executor.tasks == [
        Task(str(Path("/clones/a")), {"profile": "strict"}),
        Task(str(Path("/clones/b")), {"profile": "strict"}),
    ]


def test_what_was_finished_is_asked_after(tmp_path: Path) -> None:
    state = State(tmp_path)
    stopped = run(Given({"b": DONE}), state)
    assert stopped == [Outcome("b", REPORT), Outcome("a", reason="the cluster is gone; start one", exit_code=3)]
    executor = Given({"a": DONE, "b": Answer(unchanged=True)})
    assert run(executor, state) == [Outcome("b", REPORT, known=True), Outcome("a", REPORT)]
    assert [task.basis for task in executor.tasks] == [None, BASIS]


def test_what_would_not_hold_is_not_kept(tmp_path: Path) -> None:
    run(Given({"a": replace(DONE, basis=None), "b": Answer(reason="no", exit_code=2)}), State(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (replace(DONE, version="0.0.1"), f"a worker has version 0.0.1 of gitlint-ops, not {__version__}"),
        (replace(DONE, report={"rules": []}), "its report came back damaged"),
    ],
)
def test_what_cannot_be_used_is_no_report(answer: Answer, reason: str) -> None:
    _, outcome = run(Given({"a": answer, "b": DONE}))
    assert outcome == Outcome("a", reason=reason, exit_code=3)
