"""The patches of kustomizations one by one: where each stands, what it holds, which objects it is for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from gitlint_ops.lint.checks.unrendered import kustomize_files
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source.model import FieldPath, Json, Span

PATCH_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")
Leaves = Mapping[FieldPath, Json]
"""The scalars of a value by their place. Items of lists with names go by ``[name]``; any other list counts as one."""
_IDENTITY = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})
_INLINE = "inline-patch-{}.yaml"


@dataclass(frozen=True, slots=True)
class PatchEntry:
    """One entry of a kustomization's patches. ``values`` are its documents: objects, or lists of JSON patch operations.

    ``file`` is the patch file's path, '' where the patch stands in the kustomization itself.
    """

    kustomization: Kustomization
    field: str
    index: int
    target: Mapping[str, Any] | None
    file: str
    text: str
    values: tuple[Json, ...] = ()

    @property
    def field_path(self) -> FieldPath:
        """Where the entry stands in its kustomization."""
        return (self.field, self.index)

    @property
    def place(self) -> tuple[str, FieldPath]:
        """What tells whether two entries are one text: the file, or the place in the kustomization."""
        return (self.file, ()) if self.file else (self.kustomization.path, self.field_path)

    def span(self, context: CheckContext, *below: str) -> tuple[Span, bool]:
        """Give the entry's place (or that of a field of it), and whether it is the very one."""
        return context.tree.nearest(self.kustomization.path, 0, (*self.field_path, *below))


def patch_entries(context: CheckContext) -> Mapping[str, tuple[PatchEntry, ...]]:
    """Give the patches of all kustomizations, by folder; what does not parse has no values."""
    return context.once("patch-entries", lambda: _read(context))


def _read(context: CheckContext) -> Mapping[str, tuple[PatchEntry, ...]]:
    entries = [e for k in context.graph.kustomizations.values() for e in _entries(k)]
    inline = {_INLINE.format(at): e.text for at, e in enumerate(entries) if not e.file}
    answer = context.engine.call("read", files=sorted(inline), texts=inline, values=True) if inline else {"files": []}
    parsed = {item["path"]: tuple(d.get("value") for d in item["documents"]) for item in answer["files"]}
    found: dict[str, list[PatchEntry]] = {}
    for at, entry in enumerate(entries):
        values = _of_file(context, entry.file) if entry.file else parsed.get(_INLINE.format(at), ())
        found.setdefault(entry.kustomization.folder, []).append(replace(entry, values=values))
    return {folder: tuple(items) for folder, items in found.items()}


def _of_file(context: CheckContext, path: str) -> tuple[Json, ...]:
    return tuple(d.value for d in context.tree.read(path).documents) if context.tree.is_file(path) else ()


def _entries(kustomization: Kustomization) -> Iterator[PatchEntry]:
    files = {r.field_path[:2]: r.target for r in kustomization.references if r.exists and r.role in PATCH_FIELDS}
    for field in PATCH_FIELDS:
        items = kustomization.data.get(field)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            file = files.get((field, index), "")
            text = item.get("patch") if isinstance(item, Mapping) else item
            target = item.get("target") if isinstance(item, Mapping) else None
            if file or (isinstance(text, str) and text.strip()):
                known = target if isinstance(target, Mapping) else None
                yield PatchEntry(kustomization, field, index, known, file, "" if file else str(text))


def leaves_of(value: Json) -> dict[FieldPath, Json]:
    """Give the scalars of a value by place; an empty mapping or list counts as one."""
    found: dict[FieldPath, Json] = {}
    _add_leaves(value, (), found)
    return found


def set_by(value: Json) -> dict[FieldPath, Json]:
    """Give the scalars that a strategic merge patch sets, without those that only say what is meant."""
    found = leaves_of(value).items()
    return {path: leaf for path, leaf in found if path not in _IDENTITY and path[-2:] != (f"[{leaf}]", "name")}


def _add_leaves(value: Json, path: FieldPath, found: dict[FieldPath, Json]) -> None:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            _add_leaves(item, (*path, key), found)
    elif isinstance(value, list) and value and all(_has_name(item) for item in value):
        for item in value:
            _add_leaves(item, (*path, f"[{item['name']}]"), found)
    else:
        found[path] = json.dumps(value, sort_keys=True) if isinstance(value, (dict, list)) else value


def _has_name(item: Json) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str)


class Named(NamedTuple):
    """A document below a kustomization: what it is called, and its value. ``file`` is where it is written."""

    kind: str
    name: str
    value: Mapping[str, Any]
    file: str
    line: int


def named_below(context: CheckContext, folder: str) -> tuple[Named, ...]:
    """Give the documents that a kustomization folder is made of, through its bases and components, patches included."""
    known: dict[str, tuple[Named, ...]] = context.once("named-below", dict)
    if folder not in known:
        files = [path for path in sorted(kustomize_files(context.graph, folder)) if context.tree.is_file(path)]
        known[folder] = tuple(item for path in files for item in named_in(context, path))
    return known[folder]


def named_in(context: CheckContext, path: str) -> tuple[Named, ...]:
    """Give the objects with a name that stand in a file."""
    known: dict[str, tuple[Named, ...]] = context.once("named-in", dict)
    if path not in known:
        known[path] = tuple(_named_in(context, path))
    return known[path]


def _named_in(context: CheckContext, path: str) -> Iterator[Named]:
    for document in context.tree.read(path).documents:
        name = _name_of(document.value) if document.is_object else ""
        if name:
            yield Named(document.value["kind"], name, document.value, path, document.line)


def _name_of(value: Mapping[str, Any]) -> str:
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) else ""


def what_it_patches(entry: PatchEntry, value: Json) -> str:
    """Give kind and name of what a patch is for, as messages give them: ``Deployment web``, ``every Deployment``."""
    metadata = value.get("metadata") if isinstance(value, Mapping) else None
    named = metadata.get("name") if isinstance(metadata, Mapping) else None
    if entry.target is None:
        return f"{value.get('kind')} {named}" if isinstance(value, Mapping) else "an object"
    kind, name = entry.target.get("kind"), entry.target.get("name")
    selectors = [
        f"{key}={entry.target[key]}" for key in ("labelSelector", "annotationSelector") if entry.target.get(key)
    ]
    if name and kind:
        return f"{kind} {name}"
    if name:
        return f"'{name}'"
    return " ".join([f"every {kind or 'object'}", *(f"with {text}" for text in selectors)])


def settings_of(entry: PatchEntry) -> dict[tuple[str, str], Json]:
    """Give what an entry sets, by the object that it is for and the field."""
    found: dict[tuple[str, str], Json] = {}
    for value in entry.values:
        what = what_it_patches(entry, value)
        for operation in value if isinstance(value, list) else ():
            if isinstance(operation, Mapping):
                found[(what, str(operation.get("path")))] = operation.get("value")
        for path, leaf in set_by(value).items() if isinstance(value, Mapping) else ():
            found[(what, str(path))] = leaf
    return found
