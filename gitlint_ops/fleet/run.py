"""One run over a fleet: what is known is asked after, the rest is checked, and what was finished is kept at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitlint_ops import __version__
from gitlint_ops.config import Config
from gitlint_ops.fleet.listing import Repository
from gitlint_ops.fleet.model import NOT_CHECKED, Answer, Executor, ExecutorError, Outcome, Task
from gitlint_ops.fleet.packing import unpacked
from gitlint_ops.fleet.state import State
from gitlint_ops.lint import load_rules
from gitlint_ops.lint.model import Rule
from gitlint_ops.report.stored import StoredReportError


def check_fleet(
    repositories: Sequence[Repository], options: Mapping[str, Any], executor: Executor, state: State | None
) -> Iterator[Outcome]:
    """Give what came of each repository, in the order in which they end.

    ``options`` are those of ``check``, as values of JSON. What is finished is kept in ``state`` before it is given.
    Raises OSError where that fails.
    """
    ours = {rule.name: rule for rule in load_rules(Config())}
    known = [state.recall(repository.name) if state else None for repository in repositories]
    tasks = [
        Task(str(repository.root), options, earlier.basis if earlier else None)
        for repository, earlier in zip(repositories, known, strict=True)
    ]
    missing = dict(enumerate(repositories))
    try:
        for at, answer in executor.answers(tasks):
            repository, earlier = missing.pop(at), known[at]
            if state and answer.basis and not answer.unchanged:
                state.keep(repository.name, answer)
            yield _outcome(repository.name, answer, earlier, ours)
    except ExecutorError as error:
        for repository in missing.values():
            yield Outcome(repository.name, reason=f"{error.message}; {error.advice}", exit_code=NOT_CHECKED)


def _outcome(name: str, answer: Answer, earlier: Answer | None, ours: Mapping[str, Rule]) -> Outcome:
    if answer.version != __version__:
        reason = f"a worker has version {answer.version} of gitlint-ops, not {__version__}"
        return Outcome(name, reason=reason, exit_code=NOT_CHECKED)
    given = earlier if answer.unchanged and earlier else answer
    outcome = Outcome(name, reason=given.reason, exit_code=given.exit_code, known=answer.unchanged)
    try:
        return replace(outcome, report=unpacked(given.report, ours)) if given.report is not None else outcome
    except StoredReportError:
        return Outcome(name, reason="its report came back damaged", exit_code=NOT_CHECKED)
