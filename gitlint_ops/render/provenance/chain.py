"""The whole chain behind a field: its origins, and behind each the lines that it overrides or that it is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gitlint_ops.render.model import Origin, RenderedObject
from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import FieldPath, Span

_Key = tuple[str, int, int]
_TARGETS: Mapping[str, tuple[FieldPath, ...]] = {
    "Application": (("spec", "destination", "namespace"),),
    "HelmRelease": (("spec", "targetNamespace"), ("metadata", "namespace")),
}
"""The fields of a delivery that give its objects a namespace where they have none."""

_ChainOf = Callable[[RenderedObject, FieldPath], tuple[Origin, ...]]


class Chains:
    """Puts chains together. ``chain_of`` gives the chain of a field of another rendered object."""

    def __init__(self, places: Places, declaring: Declaring, chain_of: _ChainOf) -> None:
        self._places = places
        self._declaring = declaring
        self._chain_of = chain_of

    def joined(self, found: Sequence[Origin], layered: Iterable[Sequence[Place]]) -> tuple[Origin, ...]:
        """Give origins with what lies behind each right after it, each place once.

        ``layered`` are places of one value, the one that wins first.
        """
        behind: defaultdict[_Key, list[Origin]] = defaultdict(list)
        for places in layered:
            steps = [step for place in places for step in self._steps(place)]
            if steps:
                behind[_key(steps[0].span)] += [replace(step, exact=False) for step in steps[1:]]
        kept: dict[_Key, Origin] = {}
        for origin in found:
            for step in (origin, *behind[_key(origin.span)]):
                kept.setdefault(_key(step.span), step)
        return tuple(kept.values())

    def _steps(self, place: Place) -> Iterator[Origin]:
        """Give a place, and what lies behind the rendered object's field that it is."""
        span, exact = self._places.resolve(place)
        yield Origin(span, exact=exact, why="an earlier layer of the values")
        if place.object is not None:
            yield from self._chain_of(place.object, place.field_path)[1:]

    def target_namespace(self, obj: RenderedObject) -> tuple[Origin, ...]:
        """Give the chain of the namespace that the controller gives to an object without one; () where it has none."""
        top = self._declaring.place(obj.delivery)
        if top is None or not obj.namespace:
            return ()
        kind = "HelmRelease" if isinstance(obj.unit, HelmUnit) and obj.delivery.kind == "HelmRelease" else "Application"
        prefix: FieldPath = ("spec", "template") if self._declaring.is_template(top) else ()
        for path in _TARGETS[kind]:
            place = top.below(*prefix, *path)
            if self._places.value(place) == obj.namespace or (prefix and "{{" in str(self._places.value(place))):
                first, *rest = self._steps(place)
                return (replace(first, why=f"the target namespace of the {kind}"), *rest)
        return ()


def _key(span: Span) -> _Key:
    return span.path, span.line, span.column
