"""The source room: the repository's files, read once.

In: a root folder, the engine, the configuration. Out: a SourceTree, which gives files, documents, texts, places and
what could not be read. Knows nothing of Kubernetes beyond the shape of an object.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gitlint_ops.source.model import Document, FieldPath, Json, Problem, SourceFile, Span, display_path, pointer

if TYPE_CHECKING:
    from gitlint_ops.source.tree import SourceTree, open_tree, split_lines

__all__ = [
    "Document",
    "FieldPath",
    "Json",
    "Problem",
    "SourceFile",
    "SourceTree",
    "Span",
    "display_path",
    "open_tree",
    "pointer",
    "split_lines",
]


def __getattr__(name: str) -> Any:
    """Import the tree when it is asked for: who only knows places needs none."""
    if name not in ("SourceTree", "open_tree", "split_lines"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.tree"), name)
