"""One check of a repository, kept open so that an editor can go on asking about it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint
from gitlint_ops.lint.baseline import baseline_of
from gitlint_ops.lint.context import CheckContext, open_context
from gitlint_ops.lint.model import Finding, Report, Rule
from gitlint_ops.lint.origins.overview import Overview, summarise_chain
from gitlint_ops.lint.origins.shaped import chains_through
from gitlint_ops.render import render_repository
from gitlint_ops.source import SourceTree


class Repository(Protocol):
    """An open repository."""

    @property
    def config(self) -> Config:
        """Its configuration."""

    @property
    def engine(self) -> EngineClient:
        """A running engine over it."""

    @property
    def tree(self) -> SourceTree:
        """Its files, none read yet."""


@dataclass(frozen=True, slots=True)
class Host:
    """What the server is given: how a file's repository is found and opened, and how an error reads to a user.

    ``root_of`` gives None where nothing marks a repository.
    """

    root_of: Callable[[Path], Path | None]
    open: Callable[[Path], AbstractContextManager[Repository]]
    explain: Callable[[Exception], str]


class Analysis:
    """A repository as it was checked.

    What is open for it, the engine too, stays in a thread of its own until ``close``. Questions may come from any
    thread; they wait in turn.
    """

    def __init__(self, host: Host, root: Path) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._opened = ExitStack()
        try:
            self.tree, self._context, self.report = self._thread.submit(self._open, host, root).result()
        except BaseException:
            self.close()
            raise
        self.rules: dict[str, Rule] = {rule.name: rule for rule in self.report.rules}

    def _open(self, host: Host, root: Path) -> tuple[SourceTree, CheckContext, Report]:
        opened = self._opened.enter_context(host.open(root))
        return opened.tree, *_check(opened)

    def close(self) -> None:
        """End the engine; nothing more can be asked."""
        self._thread.submit(self._opened.close).result()
        self._thread.shutdown()

    def findings_in(self, path: str) -> list[Finding]:
        """Give the findings placed in a file (repository-relative, POSIX) that nothing accepts."""
        return [f for f in self.report.findings if f.span.path == path and f.suppression is None]

    def shaped_by(self, path: str, line: int, column: int) -> list[Overview]:
        """Give the rendered fields that a 1-based place shapes, as ``origin --format json`` shows chains."""
        try:
            answer = self._thread.submit(self._shaped_by, path, line, column)
        except RuntimeError:
            # It was closed meanwhile: a newer check answers the next time.
            return []
        return answer.result()

    def _shaped_by(self, path: str, line: int, column: int) -> list[Overview]:
        chains = chains_through(self._context, path, line, column)
        return [summarise_chain(self._context, chain) for chain in chains]


def _check(opened: Repository) -> tuple[CheckContext, Report]:
    tree, config, engine = opened.tree, opened.config, opened.engine
    rendering = render_repository(tree, engine, config)
    report = lint(tree, rendering, config, engine, baseline=baseline_of(tree, config))
    return open_context(tree, rendering, config, engine), report
