"""How much an overlay changes: its patches, the fields that they set, their lines, and the base that they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.checks.unrendered import kustomize_files
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source.model import Json
from gitlint_ops.yaml_bounds import check_bounds

PATCH_FIELDS = ("patches", "patchesStrategicMerge", "patchesJson6902")
_IDENTITY = frozenset({"apiVersion", "kind", "$patch"})
_NAMING = frozenset({"name", "namespace"})
MIN_PARSED_LINES = 20
"""Inline patches of fewer lines cannot make an overlay large, so they are counted by line instead of parsed."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch of an overlay: a document of a file, or an inline text. ``lines`` and ``fields`` are counts."""

    lines: int
    fields: int


@dataclass(frozen=True, slots=True)
class OverlaySize:
    """An overlay in figures. ``base_fields`` are the leaf fields of the objects that it builds upon."""

    patches: int
    fields: int
    lines: int
    base_fields: int
    first_field: str

    @property
    def share(self) -> int:
        """The fields set by patches, in percent of the base's."""
        return round(100 * self.fields / self.base_fields) if self.base_fields else 0


def bases_of(context: CheckContext, kustomization: Kustomization) -> tuple[str, ...]:
    """Give the folders that an overlay builds upon; components are not bases."""
    known = context.graph.kustomizations
    return tuple(
        r.target
        for r in kustomization.references
        if r.role in ("resources", "bases") and r.target in known and not known[r.target].component
    )


def size_of(context: CheckContext, kustomization: Kustomization) -> OverlaySize | None:
    """Give an overlay's figures, None where it builds upon nothing or patches nothing."""
    bases = bases_of(context, kustomization)
    used = [name for name in PATCH_FIELDS if kustomization.data.get(name)]
    if not bases or not used:
        return None
    found = list(_patches(context, kustomization))
    base_fields = sum(base_size(context, folder) for folder in dict.fromkeys(bases))
    return OverlaySize(len(found), sum(p.fields for p in found), sum(p.lines for p in found), base_fields, used[0])


def base_size(context: CheckContext, folder: str) -> int:
    """Give the number of leaf fields of the objects that a kustomization folder is made of."""
    sizes: dict[str, int] = context.once("base-sizes", dict)
    if folder not in sizes:
        files = [path for path in kustomize_files(context.graph, folder) if context.tree.is_file(path)]
        sizes[folder] = sum(leaves(d.value) for path in files for d in context.tree.read(path).documents if d.is_object)
    return sizes[folder]


def leaves(value: Json) -> int:
    """Count the scalars of a value; an empty mapping or list is one."""
    if isinstance(value, Mapping):
        return sum(leaves(item) for item in value.values()) or 1
    if isinstance(value, list):
        return sum(leaves(item) for item in value) or 1
    return 1


def _patches(context: CheckContext, kustomization: Kustomization) -> Iterator[Patch]:
    files = {(r.field_path): r.target for r in kustomization.references if r.exists and r.role in PATCH_FIELDS}
    for field_path, target in files.items():
        if field_path[0] in PATCH_FIELDS:
            yield from _of_file(context, target)
    for name in PATCH_FIELDS:
        entries = kustomization.data.get(name)
        for entry in entries if isinstance(entries, list) else ():
            text = entry.get("patch") if isinstance(entry, Mapping) else entry
            if isinstance(text, str) and ("\n" in text or isinstance(entry, Mapping)):
                yield from _of_text(text)


def _of_file(context: CheckContext, path: str) -> Iterator[Patch]:
    for document in context.tree.read(path).documents:
        yield Patch(document.end_line - document.line + 1, changed(document.value))


def _of_text(text: str) -> Iterator[Patch]:
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    values = _parse(text) if len(lines) >= MIN_PARSED_LINES else None
    if values is None:
        yield Patch(len(lines), max(1, sum(1 for line in lines if _sets_a_value(line))))
        return
    for value in values:
        yield Patch(len(lines) // len(values), changed(value))


def _sets_a_value(line: str) -> bool:
    key, _, value = line.strip().removeprefix("- ").partition(":")
    return bool(value.strip()) and key not in _IDENTITY | _NAMING | {"op", "path", "metadata"}


def _parse(text: str) -> list[Json] | None:
    """Read an inline patch; None where it is not YAML (the render then fails, and says so)."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        check_bounds(YAML(typ="safe").parse(text))
        return [value for value in YAML(typ="safe").load_all(text) if value is not None] or None
    except (YAMLError, ValueError, RecursionError):
        return None


def changed(value: Json) -> int:
    """Count the fields that a patch sets.

    Of a JSON patch those are its operations and what they write, else the leaf fields without those that only say which
    object (or list item) is meant.
    """
    if isinstance(value, list):
        return sum(leaves(op["value"]) if isinstance(op, Mapping) and "value" in op else 1 for op in value)
    if not isinstance(value, dict):
        return 0
    rest: dict[str, Any] = {key: item for key, item in value.items() if key not in _IDENTITY}
    metadata = rest.pop("metadata", None)
    if isinstance(metadata, Mapping):
        rest["metadata"] = {key: item for key, item in metadata.items() if key not in _NAMING}
    return _set_fields(rest)


def _set_fields(value: Json) -> int:
    if isinstance(value, dict):
        return sum(_set_fields(item) for key, item in value.items() if key != "$patch")
    if isinstance(value, list):
        return sum(_set_item(item) for item in value)
    return 1


def _set_item(item: Json) -> int:
    """Count without the ``name`` that says which item is meant, where the item sets something beside it."""
    if isinstance(item, dict) and len(item) > 1 and "name" in item:
        return _set_fields({key: below for key, below in item.items() if key != "name"})
    return _set_fields(item)
