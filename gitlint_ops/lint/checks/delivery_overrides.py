"""Images and patches that a delivery lays over its folder: an Application's kustomize block, a Flux Kustomization."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.image_reference import parse
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.plan import request_for
from gitlint_ops.repo.model import Delivery, FluxBuild, KustomizeUnit
from gitlint_ops.source.model import FieldPath

_T = TypeVar("_T")
_EDITS = {"images": ("set", "image"), "patches": ("append", "patches")}
"""How Argo CD gives the entries of a field to ``kustomize edit``."""


@dataclass(frozen=True, slots=True)
class Override:
    """An entry of ``images`` or ``patches`` in a delivery. ``data`` is the entry as a kustomization would have it.

    ``at`` is its index in the unit's edits, or in the list of the Flux Kustomization.
    """

    delivery: Delivery
    unit: KustomizeUnit
    field: str
    at: int
    data: Mapping[str, Any]
    field_path: FieldPath
    """Where it stands in the delivery's declaration."""

    def build(self, other: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Give the request that builds without the entry, or with another in its place and none after it."""
        flux = self.unit.flux
        return request_for(self._patched(flux, other) if flux else self._edited(other))

    @property
    def text(self) -> tuple[str, str]:
        """Tell entries apart: one that a parent or a template gives to many deliveries is one."""
        return self.field, json.dumps(dict(self.data), sort_keys=True)

    def whole_build(self) -> dict[str, Any]:
        """Give the request that builds as the delivery has it."""
        return request_for(self.unit)

    def _edited(self, other: Mapping[str, Any] | None) -> KustomizeUnit:
        edits = [edit for at, edit in enumerate(self.unit.edits) if at != self.at]
        if other is not None:
            kind = _EDITS[self.field]
            edits[self.at :] = [edit for edit in edits[self.at :] if edit[:2] != kind]
            edits.insert(self.at, (*kind, _argument(self.field, other)))
        return replace(self.unit, edits=tuple(edits))

    def _patched(self, flux: FluxBuild, other: Mapping[str, Any] | None) -> KustomizeUnit:
        entries = list(flux.spec[self.field])
        kept = [*entries[: self.at], dict(other)] if other is not None else entries[: self.at] + entries[self.at + 1 :]
        return replace(self.unit, flux=replace(flux, spec={**flux.spec, self.field: kept}))

    def place(self, context: CheckContext, violation: Violation, *below: str) -> Violation:
        """Put a violation at the entry, or at a field of it."""
        return at_field(context, self.delivery, (*self.field_path, *below), violation)


def _argument(field: str, entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}={entry['newName']}" if field == "images" else json.dumps([dict(entry)])


def overrides(context: CheckContext, field: str) -> tuple[Override, ...]:
    """Give the entries of ``images`` or ``patches`` of all deliveries whose folders are built."""
    return context.once(f"delivery-overrides {field}", lambda: tuple(_overrides(context, field)))


def _overrides(context: CheckContext, field: str) -> Iterator[Override]:
    for delivery in context.deliveries:
        for unit in delivery.units:
            if isinstance(unit, KustomizeUnit):
                yield from _of_flux(delivery, unit, field) if unit.flux else _of_argocd(delivery, unit, field)


def _of_flux(delivery: Delivery, unit: KustomizeUnit, field: str) -> Iterator[Override]:
    entries = unit.flux.spec.get(field) if unit.flux else None
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            yield Override(delivery, unit, field, at, entry, ("spec", field, at))


def _of_argocd(delivery: Delivery, unit: KustomizeUnit, field: str) -> Iterator[Override]:
    for at, (edit, path) in enumerate(zip(unit.edits, unit.edit_fields, strict=True)):
        if edit[:2] == _EDITS[field] and "spec" in path:
            entry = _image(edit[2]) if field == "images" else json.loads(edit[2])[0]
            yield Override(delivery, unit, field, at, entry, _in_declaration(path))


def _in_declaration(path: FieldPath) -> FieldPath:
    """Give a field's path from the Application's own ``spec`` on: in an ApplicationSet that is its template's."""
    return path[len(path) - 1 - path[::-1].index("spec") :]


def _image(text: str) -> dict[str, str]:
    """Give the entry that ``kustomize edit set image`` writes for ``name=new:tag`` or ``name:tag``."""
    name, equals, new = text.partition("=")
    reference = parse(new if equals else name)
    entry = {"name": name if equals else reference.name, "newTag": reference.tag, "digest": reference.digest}
    return {key: value for key, value in {**entry, "newName": reference.name if equals else ""}.items() if value}


def tried(
    items: Sequence[Override], build: Callable[[Sequence[Override]], Sequence[_T]], has_effect: Callable[[_T], bool]
) -> list[tuple[Override, _T]]:
    """Give the entries with what ``build`` makes of them: those that a root gives to many, for one of these first.

    Where such an entry has its effect there, what it does in the other deliveries need not be known.
    """
    firsts = {item.text: item for item in reversed(items)}
    results = list(zip(firsts.values(), build(list(firsts.values())), strict=True))
    settled = {item.text for item, built in results if has_effect(built)}
    rest = [item for item in items if item.text not in settled and item is not firsts[item.text]]
    return [*results, *zip(rest, build(rest), strict=True)]


def useless(results: Iterable[tuple[Override, _T]], has_effect: Callable[[_T], bool]) -> list[tuple[Override, _T]]:
    """Give the entries, with what was built, that have no effect in any of the deliveries that they are given to."""
    known = list(results)
    useful = {item.text for item, built in known if has_effect(built)}
    return [(item, built) for item, built in known if item.text not in useful]
