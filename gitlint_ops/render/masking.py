"""Takes credentials out of what a failed rendering says: charts and Kustomize quote the values that they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.repo.credential_names import credential_kind
from gitlint_ops.repo.model import Delivery, HelmUnit, Unit
from gitlint_ops.source import Json, SourceTree

MASK = "***"
SHORTEST = 4
"""A shorter value is no credential, and stands in many words by chance."""
_LABELS = ("name", "key")


def masked(reason: str, tree: SourceTree, unit: Unit, delivery: Delivery) -> str:
    """Give a reason with every credential that the unit's own files, values or declaration hold replaced by ``***``."""
    found = {text for value in _inputs(tree, unit, delivery) for text in credentials_in(value)}
    for text in sorted(found, key=len, reverse=True):
        reason = reason.replace(text, MASK)
    return reason


def _inputs(tree: SourceTree, unit: Unit, delivery: Delivery) -> Iterator[Json]:
    yield delivery.object
    layers = unit.layers if isinstance(unit, HelmUnit) else ()
    yield from (layer.value for layer in layers if layer.form != "file")
    files = {str(layer.value) for layer in layers if layer.form == "file"} & set(tree.files)
    below = "" if unit.path == "." else f"{unit.path}/"
    files |= {path for path in tree.yaml_files if path.startswith(below)}
    for path in sorted(files):
        yield from (document.value for document in tree.read(path).documents)


def credentials_in(value: Json) -> Iterator[str]:
    """Give the texts below a value that are credentials by their key, or by the ``name`` beside their ``value``.

    What a Secret holds counts whatever its keys are.
    """
    if isinstance(value, Mapping):
        label = next((str(value[key]) for key in _LABELS if isinstance(value.get(key), str)), "")
        for key, below in value.items():
            name = label if key == "value" else str(key)
            is_data = value.get("kind") == "Secret" and key in ("data", "stringData")
            yield from _texts(below) if is_data or credential_kind(name) else credentials_in(below)
    elif isinstance(value, list):
        for below in value:
            yield from credentials_in(below)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
    elif isinstance(value, str) and len(value) >= SHORTEST:
        yield value
