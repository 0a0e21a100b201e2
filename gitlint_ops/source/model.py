"""The types of the source room: places in files, documents, and what was wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FieldPath = tuple[str | int, ...]
"""A place in a YAML value, outermost first: ``("spec", "containers", 0, "image")``."""

Json = Any
"""A YAML value as Kubernetes reads it: None, bool, int, float, str, list or dict with str keys."""

ProblemKind = Literal["invalid-yaml", "duplicate-key", "unreadable", "too-large", "outside-root"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns are 1-based, columns in Unicode code points, the end is exclusive.

    ``path`` is relative to the repository root, POSIX.
    """

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __post_init__(self) -> None:
        if self.end_line < self.line:
            object.__setattr__(self, "end_line", self.line)
        if self.end_line == self.line and self.end_column <= self.column:
            object.__setattr__(self, "end_column", self.column + 1)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file. ``line`` is its 1-based first line, ``index`` its position among them."""

    path: str
    index: int
    line: int
    end_line: int
    value: Json = field(repr=False)

    @property
    def is_object(self) -> bool:
        """Whether this looks like a Kubernetes object: a mapping with apiVersion and kind."""
        value = self.value
        return (
            isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a file or a document from being read, at its cause."""

    kind: ProblemKind
    span: Span
    message: str
    key: str = ""
    first_line: int = 0
    """For ``duplicate-key``: the key, and the 1-based line where it stands first."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as read by the engine: its documents and its problems. ``size`` is in bytes."""

    path: str
    size: int
    digest: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def pointer(path: FieldPath) -> str:
    """Give the RFC 6901 JSON pointer of a field path, the form in which the engine keys its positions."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def unpointed(text: str, value: Json) -> FieldPath:
    """Give the field path of a JSON pointer into ``value``: what leads into a list is a position."""
    path: list[str | int] = []
    for part in text.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        path.append(int(step) if isinstance(value, list) else step)
        held = isinstance(value, list) or (isinstance(value, dict) and step in value)
        value = value[path[-1]] if held else None
    return tuple(path)


def display_path(path: FieldPath) -> str:
    """Give a field path as people write it: ``spec.containers[0].image``; keys with dots or slashes are bracketed."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step or "/" in step:
            text += f"['{step}']"
        else:
            text += f".{step}" if text else step
    return text
