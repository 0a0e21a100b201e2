"""Patches that reach their object and miss the place in it: Kustomize adds what was to be changed, and says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.checks.patch_entries import PatchEntry, named_below, patch_entries
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.likeness import is_misspelt, nearest_name
from gitlint_ops.lint.references.pods import CONTAINER_LISTS
from gitlint_ops.render.provenance.selectors import matches_any
from gitlint_ops.source.model import FieldPath, Json, Span
from gitlint_ops.source.narrowing import at_pointer, items, mapping

_Slip = tuple[FieldPath, str, str]
"""The field in the patch's document, its text, and the message."""


def misspelt_patches(context: CheckContext) -> Iterator[Violation]:
    """Report containers and fields that no object below has and whose name is a misspelling of one that is there."""
    for entries in patch_entries(context).values():
        for entry in entries:
            for index, value in enumerate(entry.values):
                for path, text, message in _slips(value, _objects(context, entry, value)):
                    span, exact = _place(context, entry, index, path) if entry.file else _line_of(context, entry, text)
                    yield Violation(message, span=span, exact=exact)


def _objects(context: CheckContext, entry: PatchEntry, value: Json) -> list[Mapping[str, Any]]:
    """Give the objects below for which an entry is, without what the kustomization's own patches say of them."""
    folder = entry.kustomization.folder
    own = {other.file for other in patch_entries(context)[folder]}
    target = entry.target
    if target is None:
        named = mapping(value)
        target = {"kind": named.get("kind"), "name": mapping(named.get("metadata")).get("name")}
    return [
        item.value
        for item in named_below(context, folder)
        if item.file not in own and _is(target.get("kind"), item.kind) and _is(target.get("name"), item.name)
    ]


def _is(pattern: Json, text: str) -> bool:
    return bool(pattern) and matches_any(str(pattern), (text,))


def _slips(value: Json, objects: Sequence[Mapping[str, Any]]) -> Iterator[_Slip]:
    if objects and isinstance(value, list):
        yield from _fields(value, objects)
    elif objects:
        yield from _containers(value, objects)


def _containers(value: Json, objects: Sequence[Mapping[str, Any]]) -> Iterator[_Slip]:
    """Give the containers of a strategic-merge patch that no object has: the patch gives the pods one more."""
    for path, listed in _container_lists(value):
        there = {name for item in objects for _, others in _container_lists(item) for name in _names(others)}
        for index, container in items(listed):
            name = str(container.get("name", ""))
            near = "" if name in there else _nearest(name, there - _names(listed))
            if near:
                message = (
                    f"{objects[0].get('kind')} {_name_of(objects[0])} has no container '{name}', so this patch adds "
                    f"one beside those that are there; did you mean '{near}'?"
                )
                yield (*path, index, "name"), name, message


def _container_lists(value: Json, path: FieldPath = ()) -> Iterator[tuple[FieldPath, list[Json]]]:
    for key, below in mapping(value).items():
        if key in CONTAINER_LISTS and isinstance(below, list):
            yield (*path, key), below
        elif isinstance(below, dict):
            yield from _container_lists(below, (*path, key))


def _names(listed: list[Json]) -> set[str]:
    return {str(item.get("name")) for _, item in items(listed)}


def _fields(operations: list[Json], objects: Sequence[Mapping[str, Any]]) -> Iterator[_Slip]:
    """Give the replacements of fields that are not there: Kustomize's JSON patches add them."""
    for index, operation in items(operations):
        pointer = str(operation.get("path", ""))
        above, _, written = pointer.rpartition("/")
        last = _unescaped(written)
        around = [at_pointer(item, above) for item in objects] if operation.get("op") == "replace" else []
        near = [_nearest(last, item) for item in around if isinstance(item, Mapping) and last not in item]
        if near and len(near) == len(objects) and all(near):
            message = (
                f"{objects[0].get('kind')} {_name_of(objects[0])} has no {pointer} to replace, so this patch adds it; "
                f"did you mean {above}/{near[0]}?"
            )
            yield (index, "path"), pointer, message


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _nearest(name: str, there: Mapping[str, Any] | set[str]) -> str:
    near = nearest_name(name, sorted(there))
    return near if near and is_misspelt(name, near) else ""


def _name_of(item: Mapping[str, Any]) -> str:
    return str(mapping(item.get("metadata")).get("name"))


def _place(context: CheckContext, entry: PatchEntry, index: int, path: FieldPath) -> tuple[Span, bool]:
    """Give the place of a field of a patch file's document, and whether it is the very one."""
    return context.tree.nearest(entry.file, context.tree.read(entry.file).documents[index].index, path)


def _line_of(context: CheckContext, entry: PatchEntry, text: str) -> tuple[Span, bool]:
    """Give the line that holds a text in a patch that stands in the kustomization itself, and whether it is one."""
    whole = entry.span(context, "patch")[0]
    written = re.compile(rf"(?<![\w/-]){re.escape(text)}(?![\w/-])")
    lines = range(whole.line, whole.end_line + 1)
    found = [line for line in lines if written.search(context.tree.line_text(whole.path, line))]
    return (context.tree.line_span(whole.path, found[0]), len(found) == 1) if found else (whole, False)
