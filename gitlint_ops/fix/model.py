"""The types of the fix room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.model import Finding, Fix, Report
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import SourceTree


@dataclass(frozen=True, slots=True)
class Checked:
    """A repository as it was checked once: its files, what they render to, and the whole report."""

    tree: SourceTree = field(repr=False)
    rendering: Rendering = field(repr=False)
    report: Report = field(repr=False)


Check = Callable[[SourceTree, EngineClient], Checked]
"""Checks a tree anew, with the rules and the configuration of the run."""
Narrow = Callable[[Checked], Report]
"""Gives the part of a report that the user asked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finding with a fix that is to be applied."""

    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding whose fix was not applied, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is to become of a file: its repository-relative path, its bytes as they were and as they are to be."""

    path: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    hidden: frozenset[str] = field(default=frozenset(), repr=False)
    """Lines of it, without blanks around them, that may hold a secret: they are not to be shown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What fixing came to; nothing of it is written yet. ``report`` is what remains once it is."""

    report: Report
    changes: tuple[FileChange, ...] = ()
    fixed: tuple[Finding, ...] = ()
    refused: tuple[Refused, ...] = ()

    def fixed_by_path(self) -> Mapping[str, int]:
        """Give how many findings were fixed by edits of each file; one with edits in two files counts in both."""
        counts: dict[str, int] = {change.path: 0 for change in self.changes}
        for finding in self.fixed:
            for path in {edit.span.path for edit in (finding.fix.edits if finding.fix else ())}:
                counts[path] = counts.get(path, 0) + 1
        return counts
