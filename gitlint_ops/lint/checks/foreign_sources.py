"""The check that a delivery of one environment does not apply the folder or the values of another."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Delivery, HelmUnit, SourceRef
from gitlint_ops.source import FieldPath, SourceTree

_SHARED = frozenset({"nonprod", "nonproduction"})
"""Words for a cluster that holds several environments: what is applied there may be of any of them."""


@dataclass(frozen=True, slots=True)
class _Belonging:
    """The environment of a delivery by all that tells it but its sources: the word in each place that names one."""

    words: Mapping[str, str]
    rank: int

    @property
    def shown(self) -> str:
        place, word = next(iter(self.words.items()))
        return f"{place} says {word}"


def source_of_another_environment(context: CheckContext) -> Iterator[Violation]:
    """Report a folder or values file of another environment where the delivery's own has its counterpart beside it."""
    for delivery in context.deliveries:
        own = None if delivery.controller == "none" or is_sample(delivery) else _belonging(context, delivery)
        if own is not None:
            yield from _folders(context, delivery, own)
            yield from _values(context, delivery, own)


def _belonging(context: CheckContext, delivery: Delivery) -> _Belonging | None:
    """Give where a delivery belongs; None where nothing tells it, or where two places tell different things."""
    above = context.graph.deliveries.get(delivery.parent or delivery.emitted_by)
    file = delivery.span.path if delivery.span is not None else ""
    places = {
        "its name": vocabulary.word_in_name(delivery.name),
        "its namespace": vocabulary.word_in_name(delivery.target_namespace),
        "its cluster": "" if "://" in delivery.cluster else vocabulary.word_in_name(delivery.cluster),
        "its file": next((part for part in file.split("/") if _word(part) and not vocabulary.is_ambiguous(part)), ""),
        "what creates it": above.environment if above is not None else "",
    }
    words = {place: word for place, word in places.items() if vocabulary.rank_of(word) is not None}
    ranks = {vocabulary.rank_of(word) for word in words.values()} - {None}
    rank = ranks.pop() if len(ranks) == 1 else None
    return None if rank is None or not _SHARED.isdisjoint(words.values()) else _Belonging(words, rank)


def _folders(context: CheckContext, delivery: Delivery, own: _Belonging) -> Iterator[Violation]:
    for source in delivery.sources:
        path = _folder(delivery, source)
        counterpart = _counterpart(context.tree, path, own.rank) if source.local and not source.missing else ""
        if counterpart:
            field_path: FieldPath = ("spec",) if delivery.controller == "flux" else source.field_path
            yield at_field(
                context, delivery, (*field_path, "path"), _violation(context, delivery, own, path, counterpart)
            )


def _folder(delivery: Delivery, source: SourceRef) -> str:
    """Give the folder of the repository that a source means: Flux takes a path relative to its artifact."""
    is_flux = delivery.controller == "flux" and len(delivery.units) == 1
    return delivery.units[0].path if is_flux else posixpath.normpath(source.path.strip("/"))


def _values(context: CheckContext, delivery: Delivery, own: _Belonging) -> Iterator[Violation]:
    """Report a values file of another environment, unless one of the delivery's own stands beside it."""
    units = (unit for unit in delivery.units if isinstance(unit, HelmUnit))
    layers = [layer for unit in units for layer in unit.layers if layer.form == "file" and layer.span is not None]
    paths = [str(layer.value) for layer in layers]
    if any(own.rank in _ranks(posixpath.basename(path)) for path in paths):
        return
    for layer, path in zip(layers, paths, strict=True):
        counterpart = _counterpart(context.tree, path, own.rank)
        if counterpart:
            yield replace(
                _violation(context, delivery, own, path, counterpart), span=layer.span, deliveries=(delivery,)
            )


def _word(part: str) -> str:
    """Give the word for an environment that a folder's name, or the name of a file of values, is or ends with."""
    stem, extension = posixpath.splitext(part)
    text = vocabulary.values_suffix(part) or (stem if extension in (".yaml", ".yml") else part)
    return text if vocabulary.is_environment_name(text) else ""


def _ranks(path: str) -> set[int | None]:
    return {vocabulary.rank_of(_word(part)) for part in path.split("/") if _word(part)}


def _counterpart(tree: SourceTree, path: str, rank: int) -> str:
    """Give what stands in a path's place for an environment; '' where the path is that one's, or nothing does."""
    parts = path.split("/")
    at = max((at for at, part in enumerate(parts) if _word(part)), default=-1)
    if at < 0 or rank in _ranks(path):
        return ""
    folder, word = "/".join(parts[:at]) or ".", _word(parts[at])
    for name in (*tree.subfolders(folder), *tree.children(folder)):
        found = posixpath.normpath(posixpath.join(folder, name, *parts[at + 1 :]))
        is_alike = rank in _ranks(name) and name == parts[at].replace(word, _word(name))
        if is_alike and (tree.is_folder(found) or tree.is_file(found)):
            return found
    return ""


def _violation(context: CheckContext, delivery: Delivery, own: _Belonging, path: str, counterpart: str) -> Violation:
    """Word it; of which environment it is the sources say something else, so the severity is told here."""
    return Violation(
        f"{delivery.kind} {delivery.name} takes {path}, which is another environment's: {own.shown}, and {counterpart} "
        "is there. Point it to that, or name the delivery after what it applies",
        severity=context.rule.production_severity if own.rank == vocabulary.PRODUCTION_RANK else None,
    )
