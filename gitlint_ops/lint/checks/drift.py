"""Checks of what one environment of an application lacks and the others have."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gitlint_ops.lint.apps import layout_key, without_environment, without_hash
from gitlint_ops.lint.checks.patch_entries import leaves_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, Environment, HelmUnit
from gitlint_ops.source import Span, display_path
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_SHOWN = 5
_POD_LISTS = ("initContainers", "containers")
_TEMPLATES = (("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"), ("spec",))
_Place = tuple[RenderedObject | str, FieldPath]
"""A field of a rendered object, or of a values file (its path)."""


class _Thing(NamedTuple):
    """Something that environments have or lack. ``sort``: object, container, variable (of a container) or value."""

    sort: str
    owner: tuple[str, str]
    container: str = ""
    name: str = ""

    @property
    def enclosing(self) -> _Thing | None:
        """What must be there for the lack to count: the object of a container, the container of a variable."""
        if self.sort == "variable":
            return _Thing("container", self.owner, self.container)
        return _Thing("object", self.owner) if self.sort == "container" else None

    @property
    def words(self) -> str:
        kind, name = self.owner
        if self.sort == "value":
            return f"the value {self.name}"
        if self.sort == "variable":
            return f"the variable {self.name} of container {self.container} ({kind} {name})"
        return f"the container {self.container} of {kind} {name}" if self.sort == "container" else f"{kind} {name}"


@dataclass(slots=True)
class _Side:
    """One environment of an application: its deliveries and what they have, each with its object and field."""

    environment: Environment
    deliveries: list[Delivery] = field(default_factory=list)
    things: dict[_Thing, _Place] = field(default_factory=dict)


def environment_drift(context: CheckContext) -> Iterator[Violation]:
    """Report what one environment of an application lacks, though an earlier and a later one have it."""
    for sides in _applications(context):
        missing: dict[str, list[_Thing]] = defaultdict(list)
        for thing in dict.fromkeys(thing for side in sides for thing in side.things):
            lacking = [side for side in sides if thing not in side.things]
            if len(lacking) == 1 and _counts(context, thing, lacking[0], sides):
                missing[lacking[0].environment.name].append(thing)
        for side in sides:
            if missing[side.environment.name]:
                yield _drift(context, missing[side.environment.name], side, sides)


def _applications(context: CheckContext) -> Iterator[Sequence[_Side]]:
    """Give the applications that are rendered whole in enough environments, their environments in promotion order."""
    found: dict[tuple[str, ...], dict[str, _Side]] = defaultdict(dict)
    partial = {delivery.id for delivery, _ in context.rendering.unrendered if delivery is not None}
    spoilt = set()
    for delivery in context.deliveries:
        environment, key = context.environment(delivery), layout_key(delivery)
        if environment is None or not key:
            continue
        side = found[key].setdefault(environment.name, _Side(environment))
        side.deliveries.append(delivery)
        side.things.update(_things(context, delivery, environment.name))
        side.things.update(_values(context, delivery))
        if delivery.id in partial or not context.objects_of(delivery):
            spoilt.add(key)
    for key, sides in sorted(found.items()):
        if len(sides) >= context.options["min_environments"] and key not in spoilt:
            yield sorted(sides.values(), key=lambda side: (side.environment.rank, side.environment.name))


def _things(context: CheckContext, delivery: Delivery, environment: str) -> Iterator[tuple[_Thing, _Place]]:
    for item in context.objects_of(delivery):
        owner = (item.kind, without_hash(without_environment(item.name, environment, "*")))
        yield _Thing("object", owner), (item, ("metadata", "name"))
        for path, containers in _containers(item):
            for index, container in enumerate(containers):
                name = str(container.get("name")) if isinstance(container, Mapping) else ""
                yield _Thing("container", owner, name), (item, (*path, index))
                for at, key in _variables(container):
                    yield _Thing("variable", owner, name, key), (item, (*path, index, "env", at))


def _values(context: CheckContext, delivery: Delivery) -> Iterator[tuple[_Thing, _Place]]:
    """Give the values that a delivery's values files set and for which its chart has no default."""
    for unit in delivery.units:
        if isinstance(unit, HelmUnit):
            known = _defaults(context, unit.path)
            for file in [str(layer.value) for layer in unit.layers if layer.form == "file"]:
                for path in _set_in(context, file):
                    if path and path not in known:
                        yield _Thing("value", ("values", unit.path), name=display_path(path)), (file, path)


def _defaults(context: CheckContext, chart: str) -> frozenset[FieldPath]:
    """Give the values that a chart has a default for, and what encloses them. Many releases are of one chart."""
    paths = _set_in(context, posixpath.normpath(f"{chart}/values.yaml"))
    enclosing = (path[:end] for path in paths for end in range(1, len(path) + 1))
    return context.once(f"defaults of the chart {chart}", lambda: frozenset(enclosing))


def _set_in(context: CheckContext, file: str) -> tuple[FieldPath, ...]:
    """Give the values that a file of values sets."""
    return context.once(f"values set in {file}", lambda: tuple(leaves_of(_content(context, file))))


def _content(context: CheckContext, path: str) -> Any:
    documents = context.tree.read(path).documents if context.tree.is_file(path) else ()
    return documents[0].value if documents else None


def _containers(item: RenderedObject) -> Iterator[tuple[FieldPath, list[Any]]]:
    for template in _TEMPLATES:
        spec = mapping(item.data, *template) if template != ("spec",) or item.kind == "Pod" else {}
        for name in _POD_LISTS:
            if isinstance(spec.get(name), list):
                yield (*template, name), spec[name]


def _variables(container: Any) -> Iterator[tuple[int, str]]:
    entries = container.get("env") if isinstance(container, Mapping) else None
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
            yield index, entry["name"]


def _counts(context: CheckContext, thing: _Thing, lacking: _Side, sides: Sequence[_Side]) -> bool:
    """Whether a lack is worth a word: inside something that is there, and not at the start or the end of the order."""
    if thing.enclosing is not None and thing.enclosing not in lacking.things:
        return False
    ranks = [side.environment.rank for side in sides if side is not lacking]
    between = min(ranks) < lacking.environment.rank < max(ranks)
    return (between or context.options["ends"]) and not _is_explained(context, thing, sides)


def _is_explained(context: CheckContext, thing: _Thing, sides: Sequence[_Side]) -> bool:
    """Whether the others have it from a component: that an environment leaves one out is a choice."""
    components = tuple(f"{k.folder}/" for k in context.graph.kustomizations.values() if k.component)
    places = [side.things[thing] for side in sides if thing in side.things]
    return bool(components) and any(_span(context, place).path.startswith(components) for place in places[:1])


def _span(context: CheckContext, place: _Place) -> Span:
    where, path = place
    if isinstance(where, str):
        return context.tree.nearest(where, 0, path)[0]
    return context.provenance.origins(where, path)[0].span


def _drift(context: CheckContext, things: Sequence[_Thing], lacking: _Side, sides: Sequence[_Side]) -> Violation:
    having = [side for side in sides if side is not lacking]
    first = having[0]
    more = f" and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    message = (
        f"{lacking.environment.name} lacks {', '.join(thing.words for thing in things[:_SHOWN])}{more}, which "
        f"{', '.join(side.environment.name for side in having)} have. Add what was forgotten; what is to be left out, "
        "a component that the others share says best"
    )
    why = f"{first.environment.name} has it here"
    related = tuple(Related(_span(context, first.things[thing]), why) for thing in things[:_SHOWN])
    delivery = lacking.deliveries[0]
    return Violation(message, span=_own_file(context, delivery), deliveries=(delivery,), related=related)


def _own_file(context: CheckContext, delivery: Delivery) -> Span:
    """Give the start of what is the environment's own: its kustomization, or its last values file."""
    unit = delivery.units[0]
    if isinstance(unit, HelmUnit):
        files = [str(layer.value) for layer in unit.layers if layer.form == "file"]
        if files:
            return context.tree.line_span(files[-1], 1)
    kustomization = context.graph.kustomizations.get(unit.path)
    if kustomization is not None:
        return context.tree.line_span(kustomization.path, 1)
    return delivery.span or Span(unit.path, 1)
