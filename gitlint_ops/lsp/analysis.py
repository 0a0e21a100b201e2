"""One check of a repository and of what is typed into its files, kept open so that an editor can go on asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.engine_time import Budget, always
from gitlint_ops.fix import Checked, Workspace, checking
from gitlint_ops.fix.text import EditError
from gitlint_ops.lint import load_rules
from gitlint_ops.lint.asking import open_context
from gitlint_ops.lint.baseline import baseline_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Finding, Rule
from gitlint_ops.lint.origins.overview import Overview, summarise_chain
from gitlint_ops.lint.origins.shaped import chains_through
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


class SupersededError(Exception):
    """A newer text has come, so that nobody wants this check any more."""


class Analysis:
    """A repository as it was checked: as it is on disk, but for the files that were typed into.

    ``typed`` are the texts of open files (repository-relative, POSIX), saved or not; one that is not among the
    repository's, or that a symlink leads to, stays as it is on disk. ``wanted`` is asked, from another thread, until
    all is rendered; where it says no, SupersededError is raised. What is open, the engine too, stays in a thread of its
    own until ``close``. Questions may come from any thread; they wait in turn.
    """

    def __init__(self, host: Host, root: Path, typed: Mapping[str, str], wanted: Callable[[], bool]) -> None:
        self.root = root
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._opened = ExitStack()
        try:
            checked, self._context, self.typed = self._thread.submit(self._open, host, typed, wanted).result()
        except BaseException:
            self.close()
            raise
        self.tree, self.report = checked.tree, checked.report
        self.rules: dict[str, Rule] = {rule.name: rule for rule in self.report.rules}

    def _open(
        self, host: Host, typed: Mapping[str, str], wanted: Callable[[], bool]
    ) -> tuple[Checked, CheckContext, frozenset[str]]:
        opened = self._opened.enter_context(host.open(self.root))
        opened.engine.budget.wanted = wanted
        tree, config = opened.tree, opened.config
        rules = _while_wanted(load_rules(config, self.root), opened.engine.budget)
        check = checking(rules, config, self.root, baseline_of(tree, config))
        edited = {path: text for path, text in typed.items() if tree.is_file(path) and text != tree.text(path)}
        engine = opened.engine
        if edited:
            workspace = self._opened.enter_context(Workspace(tree))
            workspace.put(dict(_encoded(edited, workspace)))
            engine = self._opened.enter_context(engine.at(workspace.root))
            tree = tree.at(workspace.root, engine)
        checked = check(tree, engine)
        return checked, open_context(tree, checked.rendering, config, engine), frozenset(edited)

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


def _while_wanted(rules: Sequence[Rule], budget: Budget) -> Iterator[Rule]:
    """Give the rules, which are asked for when all is rendered: until then a check can be given up."""
    if not budget.wanted():
        raise SupersededError
    budget.wanted = always
    yield from rules


def _encoded(edited: Mapping[str, str], workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Give the bytes of texts, for ``workspace`` to know both these and those on disk."""
    for path, text in edited.items():
        try:
            workspace.original(path)
        except EditError:
            # It is reached through a symlink, or was changed on disk just now, which leads to another check.
            continue
        yield path, text.encode("utf-8", "replace")
