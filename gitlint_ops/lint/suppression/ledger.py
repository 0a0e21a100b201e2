"""Applies a run's suppressions to what the rules found, and keeps book of which were of use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.placing import Placed, severity_in
from gitlint_ops.lint.suppression.annotations import Annotations
from gitlint_ops.lint.suppression.base import settling
from gitlint_ops.lint.suppression.comments import Reach, find_comments
from gitlint_ops.lint.suppression.directive import Directive, Today, Use
from gitlint_ops.lint.suppression.entries import Entry, entries_of

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.render import Provenance
    from gitlint_ops.render.model import RenderedObject, Rendering
    from gitlint_ops.source import SourceTree


@dataclass(frozen=True, slots=True)
class Book:
    """What was found of the run's suppressions: all that are written, with their use, and the day it is judged on."""

    written: tuple[Directive, ...]
    used: frozenset[Use]
    """The suppressions that hide a finding, or would hide it were they not over."""
    entries: tuple[Entry, ...]
    today: Today


class Ledger:
    """The suppressions of a run: annotations, comments and the configuration's entries, asked in this order."""

    def __init__(
        self, tree: SourceTree, rendering: Rendering, config: Config, provenance: Provenance, today: Today | None = None
    ) -> None:
        """Read all comments and entries. Raises ConfigError for an entry whose end is no date."""
        self._tree = tree
        self._rendering = rendering
        settle = settling(tree, config)
        self._annotations = Annotations(tree, provenance, settle)
        self._comments: Mapping[str, tuple[Reach, ...]] = find_comments(tree, settle)
        self._entries = tuple(entries_of(config, tree.root))
        self._used: set[Use] = set()
        self._today = today or tree.today

    def book(self) -> Book:
        """Give what is known once the rules ran."""
        reaches = [reach for path in sorted(self._comments) for reach in self._comments[path]]
        comments = [reach.directive for reach in reaches if not reach.directive.is_foreign]
        annotations = self._annotations.written(self._rendering.all_objects())
        entries = [entry.directive for entry in self._entries]
        written = tuple(dict.fromkeys([*comments, *annotations, *entries]))
        return Book(written, frozenset(self._used), self._entries, self._today)

    def apply(self, placed: Iterable[Placed], *, only_config: bool = False) -> Iterator[Placed]:
        """Give the violations with their suppressions; one that is hidden in a part of its environments is parted.

        ``only_config``: comments and annotations do not count.
        """
        for item in placed:
            candidates = [*self._of_config(item)] if only_config else [*self._of_source(item), *self._of_config(item)]
            self._used.update((directive, item.rule.name) for directive in candidates if _reaches(directive, item))
            yield from self._parted(item, [directive for directive in candidates if directive.counts(self._today)])

    def _of_source(self, item: Placed) -> Iterator[Directive]:
        rule, rendered = item.rule.name, item.violation.object
        for directive in self._annotated(item):
            if rule in directive.ignore.rules:
                yield directive
        for reach in self._comments.get(item.span.path, ()):
            if rule in reach.directive.ignore.rules and reach.holds(item.span.line):
                yield reach.directive
        for reach in self._comments.get(rendered.source_path, ()) if rendered else ():
            if rule in reach.directive.ignore.rules and rendered and _declares(reach, rendered):
                yield reach.directive

    def _annotated(self, item: Placed) -> tuple[Directive, ...]:
        if item.violation.object is not None:
            return self._annotations.of_object(item.violation.object)
        document = document_at(self._tree, item.span)
        return self._annotations.of_document(document) if document else ()

    def _of_config(self, item: Placed) -> Iterator[Directive]:
        for entry in self._entries:
            if entry.fits(item.rule.name, item.span.path, item.object):
                yield entry.directive

    def _parted(self, item: Placed, candidates: Iterable[Directive]) -> Iterator[Placed]:
        """Part a violation by what hides it; what nothing hides comes last."""
        for directive in candidates:
            hidden = {name for name in item.environments if name in directive.ignore.environments}
            if not directive.ignore.environments or hidden == set(item.environments) != set():
                yield replace(item, suppression=directive.suppression)
                return
            if hidden:
                yield replace(self._part(item, hidden), suppression=directive.suppression)
                item = self._part(item, set(item.environments) - hidden)
        yield item

    def _part(self, item: Placed, environments: set[str]) -> Placed:
        """Give the part of a violation that these environments have; deliveries of no environment belong to each."""
        known = self._rendering.graph.deliveries
        names = tuple(name for name in item.environments if name in environments)
        return replace(
            item,
            environments=names,
            severity=severity_in(item.rule, item.violation, names, self._rendering.graph),
            deliveries=tuple(d for d in item.deliveries if d not in known or _is_in(known[d].environment, names)),
        )


def _is_in(environment: str, names: tuple[str, ...]) -> bool:
    return not environment or environment in names


def _reaches(directive: Directive, item: Placed) -> bool:
    """Whether any of the violation's environments is one that the suppression is limited to."""
    limits = directive.ignore.environments
    return not limits or not set(limits).isdisjoint(item.environments)


def _declares(reach: Reach, item: RenderedObject) -> bool:
    return reach.whole_object and reach.holds(item.source_line)
