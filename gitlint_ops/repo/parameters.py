"""Parameter sets of ApplicationSet generators: their shape in both template modes, merging, selectors.

Sources: applicationset/utils/utils.go, applicationset/generators/{matrix,merge,generator_spec_processor}.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.locations import UnrenderableError
from gitlint_ops.repo.model import ParameterPlace
from gitlint_ops.repo.views import View
from gitlint_ops.source.model import FieldPath, Json, Span

_LABEL_KEY = re.compile(r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """The parameters of one Application, and what caused it: a place (a list element, a file) and a path for hints."""

    values: Mapping[str, Any]
    cause: Span | None = None
    path: str = ""
    template: View = field(default=View(None))
    """The generator's own template, which comes before the set's."""
    places: tuple[ParameterPlace, ...] = ()
    """Where the values are written, those that win first."""


def merge_deep(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mappings key-wise, ``override`` wins; lists are replaced, an empty mapping never erases a filled one."""
    merged = dict(base)
    for key, value in override.items():
        held = merged.get(key)
        merged[key] = merge_deep(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


def combine_flat(first: Mapping[str, Any], second: Mapping[str, Any], field_path: FieldPath) -> dict[str, Any]:
    """Join flat parameters of a matrix's children; the same key with another value is an error, as in Argo CD."""
    for key in first.keys() & second.keys():
        if str(first[key]) != str(second[key]):
            message = f"both children of the matrix set '{key}', to different values: Argo CD refuses this"
            raise UnrenderableError("invalid-object", message, field_path)
    return {**first, **second}


def fill_empty(template: Json, fallback: Json) -> Json:
    """Fill a generator's template from the set's: empty fields (``""``, 0, false, null, no entries) are overwritten."""
    if isinstance(template, dict) and isinstance(fallback, dict):
        own = {key: fill_empty(value, fallback.get(key)) for key, value in template.items()}
        return {**fallback, **own}
    return template or fallback


def normalised(name: str) -> str:
    """Give a name as Argo CD makes it fit for an object's name (utils.SanitizeName)."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:253].strip("-.")


def flat_items(value: Json, prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Give the leaves of a value with dotted keys: ``a.b``, ``list.0``; empty mappings and lists have none."""
    children: Iterator[tuple[Any, Any]]
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    else:
        yield prefix, value
        return
    for key, child in children:
        yield from flat_items(child, f"{prefix}.{key}" if prefix else str(key))


def selected(selector: View, labels: Mapping[str, str], *, check_keys: bool = False) -> bool:
    """Whether labels fulfil a label selector; an empty selector selects all. Raises ShapeError or UnrenderableError."""
    for key, view in selector["matchLabels"].entries():
        _check_key(key, selector["matchLabels"], check_keys=check_keys)
        if labels.get(key) != view.text():
            return False
    return all(_fulfils(view, labels, check_keys=check_keys) for view in selector["matchExpressions"].items())


def _check_key(key: str, view: View, *, check_keys: bool) -> None:
    if check_keys and not _LABEL_KEY.match(key):
        message = f"the selector's key '{key[:80]}' is no valid label key: Argo CD refuses it"
        raise UnrenderableError("invalid-object", message, view.path)


def _fulfils(expression: View, labels: Mapping[str, str], *, check_keys: bool) -> bool:
    key, operator, values = expression["key"].text(), expression["operator"].text(), expression["values"].texts()
    _check_key(key, expression, check_keys=check_keys)
    if operator == "In":
        return labels.get(key) in values
    if operator == "NotIn":
        return labels.get(key) not in values
    if operator in {"Exists", "DoesNotExist"}:
        return (key in labels) == (operator == "Exists")
    message = f"the selector's operator '{operator[:40]}' is unknown: write In, NotIn, Exists or DoesNotExist"
    raise UnrenderableError("invalid-object", message, expression["operator"].path)


def is_empty_selector(selector: View) -> bool:
    """Whether a selector demands nothing."""
    return not selector["matchLabels"].mapping() and not selector["matchExpressions"].items()


def merge_by_keys(
    children: Sequence[Sequence[ParameterSet]], keys: Sequence[str], field_path: FieldPath, *, deep: bool
) -> list[ParameterSet]:
    """Join the children of a ``merge`` generator: later ones override the first where their merge keys are equal."""
    base = _by_keys(children[0], keys, field_path)
    for child in children[1:]:
        for key, override in _by_keys(child, keys, field_path).items():
            if key in base:
                held = base[key]
                values = merge_deep(held.values, override.values) if deep else {**held.values, **override.values}
                places = (*override.places, *held.places)
                base[key] = ParameterSet(values, held.cause, held.path or override.path, places=places)
    return list(base.values())


def _by_keys(
    sets: Sequence[ParameterSet], keys: Sequence[str], field_path: FieldPath
) -> dict[tuple[str, ...], ParameterSet]:
    found: dict[tuple[str, ...], ParameterSet] = {}
    for item in sets:
        key = tuple(repr(item.values.get(name)) for name in keys)
        if key in found:
            message = (
                f"two parameter sets of one child agree in all merge keys ({', '.join(keys)}): Argo CD refuses this"
            )
            raise UnrenderableError("invalid-object", message, field_path)
        found[key] = item
    return found
