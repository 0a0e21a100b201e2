"""How a run went beside its findings: which rules ran, what was not seen, how suppressions and baseline fared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitlint_ops.render.model import Rendering
from gitlint_ops.source import SourceTree

if TYPE_CHECKING:
    from gitlint_ops.lint.model import Match
    from gitlint_ops.lint.suppression import Book


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run can tell by finding nothing: of the rules that ran, in the files that it saw rendered."""

    known: Mapping[str, str]
    """Every rule there is, with its category."""
    ran: frozenset[str]
    """The rules that ran to their end."""
    unseen: frozenset[str]
    """The files that were not read, or of which something was not rendered."""

    def tells(self, rule: str, path: str) -> bool:
        """Whether this run would have found what the rule finds in a file; a rule that is gone finds nothing."""
        return rule not in self.known or (rule in self.ran and path not in self.unseen)


@dataclass(frozen=True, slots=True)
class Conduct:
    """What the rules about suppressions and the baseline look at, once all the others ran."""

    judged: Judged
    book: Book
    match: Match | None


def unseen_files(tree: SourceTree, rendering: Rendering) -> frozenset[str]:
    """Give the files in which a rule may have missed something: not read, or a part of what was not rendered."""
    return frozenset(_unseen(tree, rendering))


def _unseen(tree: SourceTree, rendering: Rendering) -> Iterator[str]:
    yield from (problem.span.path for problem in tree.problems())
    failed = {delivery.id for delivery, _ in rendering.unrendered if delivery is not None}
    for _, item in rendering.unrendered:
        if item.path:
            yield from tree.files_under(item.path)
        yield from item.orphans
        if item.span is not None:
            yield item.span.path
    for path, readers in rendering.readers.items():
        if not failed.isdisjoint(readers):
            yield path
