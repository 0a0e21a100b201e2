"""What is asked of an executor, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from gitlint_ops import __version__
from gitlint_ops.lint.model import Report

NOT_CHECKED = 3
"""The exit code of what could not be checked, as ``gitlint_ops.cli.exit_codes`` has it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Something that travels between processes as one line of JSON: its fields are values of JSON."""

    def line(self) -> str:
        """Give it as one line, without the line's end."""
        return json.dumps({name: getattr(self, name) for name in self.__dataclass_fields__}, separators=(",", ":"))

    @classmethod
    def read(cls, line: str | bytes) -> Self:
        """Give what ``line`` gave. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(line))
        except (TypeError, RecursionError) as error:
            raise ValueError(f"no {cls.__name__}") from error


@dataclass(frozen=True, slots=True)
class Task(_Line):
    """One repository to check: its root, options of ``check`` by name, and what an earlier report rests on."""

    root: str
    options: Mapping[str, Any] = field(default_factory=dict)
    basis: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer(_Line):
    """What came of a task: a packed report and what it rests on; or that the earlier report holds; or why neither.

    A report may come with a reason too, where it does not say all. ``exit_code`` is what a reason makes of the run.
    """

    report: Mapping[str, Any] | None = None
    basis: Mapping[str, Any] | None = None
    unchanged: bool = False
    reason: str = ""
    exit_code: int = 0
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one repository: its report, None where there is none, and why that is not all.

    ``known``: an earlier run checked it, and all that decides on the report is as it was.
    """

    name: str
    report: Report | None = None
    reason: str = ""
    exit_code: int = 0
    known: bool = False


class ExecutorError(Exception):
    """An executor cannot work, or no longer: what is wrong, and how to mend it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Executor(Protocol):
    """Where repositories are checked."""

    def answers(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Answer]]:
        """Give for each task, by its index and in the order in which they end, what came of it.

        Raises ExecutorError where the rest can no longer be done.
        """

    def close(self) -> None:
        """End whatever still works, at once, and leave no process."""
