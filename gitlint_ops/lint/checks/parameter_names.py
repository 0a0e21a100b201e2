"""The check of an ApplicationSet's parameters by name: a tag that no element of its lists fills stays a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.checks.problems import Problem
from gitlint_ops.lint.schemas.wording import nearest_word
from gitlint_ops.repo.model import Generator
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import mapping

_TAG = re.compile(r"\{\{\s*(?P<name>[A-Za-z_][\w.-]*)\s*\}\}")
_OTHERS = frozenset({"annotations", "helm", "info", "kustomize", "plugin"})
"""Fields of a template in which a tag may be meant for somebody else: a chart's values, an alert's text."""


def unknown_parameters(generator: Generator) -> Iterator[Problem]:
    """Give the first place of each tag that nothing fills, of a set whose parameters all stand in its lists.

    Without goTemplate an unknown tag is left as it stands (applicationset/utils/utils.go, Replace).
    """
    spec = mapping(generator.object, "spec")
    known = _names(spec.get("generators")) if spec.get("goTemplate") is not True else None
    seen: set[str] = set()
    for path, name in _tags(spec.get("template"), ("spec", "template")) if known else ():
        if known and name not in known and name not in seen:
            seen.add(name)
            near = nearest_word(name, sorted(known))
            hint = f"did you mean {{{{{near}}}}}?" if near else f"its lists give {', '.join(sorted(known))}"
            yield Problem(path, f"no generator gives the parameter {{{{{name}}}}}, so it is left as it stands; {hint}")


def _names(generators: Json) -> frozenset[str] | None:
    """Give the names of all parameters; None where one of the generators finds its own."""
    names: set[str] = set()
    for entry in generators if isinstance(generators, list) else ():
        for kind, body in entry.items() if isinstance(entry, Mapping) else ():
            found = _names_of(kind, body) if kind != "selector" else frozenset[str]()
            if found is None:
                return None
            names |= found
    return frozenset(names)


def _names_of(kind: str, body: Any) -> frozenset[str] | None:
    if not isinstance(body, Mapping):
        return None
    if kind in ("matrix", "merge"):
        return _names(body.get("generators"))
    elements = body.get("elements")
    if kind != "list" or "elementsYaml" in body or not isinstance(elements, list):
        return None
    return frozenset(name for element in elements for name in _keys(element))


def _keys(element: Json) -> Iterator[str]:
    """Give the names that an element gives: its keys, those below ``values`` as ``values.key``."""
    for key, value in element.items() if isinstance(element, Mapping) else ():
        yield from (f"values.{below}" for below in value) if key == "values" and isinstance(value, Mapping) else (key,)


def _tags(value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield from ((path, found["name"]) for found in _TAG.finditer(value))
    entries = value.items() if isinstance(value, Mapping) else enumerate(value if isinstance(value, list) else ())
    for step, item in entries:
        if step not in _OTHERS:
            yield from _tags(item, (*path, step))
