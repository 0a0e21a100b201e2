"""The source room: the repository's files, read once.

In: a root folder, the engine, the configuration. Out: a SourceTree, which gives files, documents, texts, places and
what could not be read. Knows nothing of Kubernetes beyond the shape of an object.
"""

from gitlint_ops.source.model import Document, FieldPath, Json, Problem, SourceFile, Span, display_path, pointer
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
