"""The client of a resident process, against processes that end, hang and answer something else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitlint_ops.fleet import Answer, Task
from gitlint_ops.fleet import checker as module
from gitlint_ops.fleet.checker import Checker

ANSWERING = "import sys\nfor line in sys.stdin: print('{}', flush=True)\n"
Start = Callable[[str, float], Checker]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    started: list[Checker] = []

    def make(code: str, seconds: float) -> Checker:
        monkeypatch.setattr(module, "COMMAND", (sys.executable, "-S", "-c", code))
        started.append(Checker(seconds))
        return started[-1]

    yield make
    for checker in started:
        checker.close()


def test_one_process_answers_all(start: Start) -> None:
    checker = start(f"import os\n{ANSWERING}".replace("'{}'", '\'{"reason": "%d"}\' % os.getpid()'), 30)
    assert checker.answer(Task("a")) == checker.answer(Task("b"))


def test_a_process_that_was_killed_is_started_again(start: Start, tmp_path: Path) -> None:
    once = f"import os, pathlib\nmark = pathlib.Path({str(tmp_path / 'mark')!r})\n"
    once += f"if not mark.exists(): mark.touch(); sys.stdin.readline(); os._exit(9)\n{ANSWERING}"
    assert start(f"import sys\n{once}", 30).answer(Task("a")) == Answer()


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import os, sys; sys.stdin.readline(); os._exit(9)", "exit code 9"),
        pytest.param(
            "import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 9)",
            "signal 9",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals"),
        ),
    ],
)
def test_a_repository_that_ends_its_process_costs_itself(code: str, ending: str, start: Start) -> None:
    reason = f"the process that checked it ended 2 times ({ending})"
    assert start(code, 30).answer(Task("a")) == Answer(reason=reason, exit_code=3)


def test_one_that_hangs_is_ended_and_not_tried_again(start: Start) -> None:
    checker = start("import time; time.sleep(600)", 1)
    assert checker.answer(Task("a")) == Answer(reason="its check took longer than 1 s and was ended", exit_code=3)


def test_one_that_does_not_start_is_told(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    checker = start("", 1)
    monkeypatch.setattr(module, "COMMAND", ("/nowhere/at/all",))
    assert checker.answer(Task("a")).reason == (
        "the process that checked it ended 2 times (it does not start: No such file or directory)"
    )


def test_nothing_starts_once_it_is_closed(start: Start) -> None:
    checker = start(ANSWERING, 30)
    checker.close()
    assert checker.answer(Task("a")).reason == "the process that checked it ended 2 times (the run ended)"
