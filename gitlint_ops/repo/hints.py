"""What an object says of its environment."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from gitlint_ops.repo.views import metadata_map
from gitlint_ops.source import SourceTree

_LABELS = frozenset({"env", "environment", "stage", "environment-name", "env-name"})


def environment_labels(data: Any) -> Iterator[tuple[str, str]]:
    """Give the hints of an object's labels, then annotations, whose name (without its domain) means environment."""
    for holder in ("labels", "annotations"):
        for key, value in sorted(metadata_map(data, holder).items()):
            if key.rpartition("/")[2].lower() in _LABELS:
                yield "label", value


def parameter_hints(parameters: Any, depth: int = 3) -> Iterator[tuple[str, str]]:
    """Give the hints of an ApplicationSet's parameters whose name means environment, down to ``depth`` levels."""
    if not isinstance(parameters, dict) or depth == 0:
        return
    for key, value in sorted(parameters.items()):
        if isinstance(value, str) and key.rpartition(".")[2].rpartition("/")[2].lower() in _LABELS:
            yield "label", value
        yield from parameter_hints(value, depth - 1)


def path_hints(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the hints of source paths."""
    for path in paths:
        if path:
            yield "path", path


def present_part(tree: SourceTree, path: str) -> str:
    """Give a path as far as it is there, '' where nothing of it is: what is misspelt tells nothing."""
    current = posixpath.normpath(path.strip("/") or ".")
    while current not in {"", ".", ".."} and not tree.is_folder(current):
        current = posixpath.dirname(current)
    return "" if current in {".", ".."} else current
