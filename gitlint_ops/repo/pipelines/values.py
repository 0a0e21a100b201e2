"""Reading a pipeline's YAML, in which anything may have any type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.source import SourceTree
from gitlint_ops.source.narrowing import mapping

MAX_EXPANSION = 65_536
"""What the expressions in one text come to, in characters; one that goes beyond stays as it is written."""
GITHUB_EXPRESSION = re.compile(r"\$\{\{\s*(?P<name>[\w.-]+)\s*\}\}")


def items(value: Any) -> Sequence[Any]:
    """Give a list as it is, a lone value as a list of one, nothing as an empty list."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def text(value: Any) -> str:
    """Give a scalar as CI systems hand it to a shell; '' for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def texts(value: Any) -> dict[str, str]:
    """Give a mapping of scalars as texts; other values are left out."""
    return {str(key): text(item) for key, item in mapping(value).items() if isinstance(item, str | int | float)}


def substituted(value: Any, pattern: re.Pattern[str], known: Callable[[str], str | None]) -> Any:
    """Give a value with the expressions in its texts replaced by what they are known to be, at any depth.

    ``pattern`` has a group ``name``; ``known`` gives the text for a name, None where it is unknown.
    """
    if isinstance(value, str):
        return _filled(value, pattern, known)
    if isinstance(value, list):
        return [substituted(item, pattern, known) for item in value]
    if isinstance(value, Mapping):
        return {key: substituted(item, pattern, known) for key, item in value.items()}
    return value


def _filled(value: str, pattern: re.Pattern[str], known: Callable[[str], str | None]) -> str:
    room = MAX_EXPANSION

    def fill(found: re.Match[str]) -> str:
        nonlocal room
        text = known(found["name"])
        room -= len(text or "")
        return found[0] if text is None or room < 0 else text.replace("\n", " ").strip()

    return pattern.sub(fill, value)


def first_document(tree: SourceTree, path: str) -> Any:
    """Give the value of a YAML file's first document, None where the file is not there or does not parse."""
    documents = tree.read(path).documents if tree.is_file(path) else ()
    return documents[0].value if documents else None


def combinations(axes: Mapping[str, Sequence[Any]], limit: int) -> Iterator[dict[str, Any]]:
    """Give every combination of one value an axis, at most ``limit``."""
    found: list[dict[str, Any]] = [{}]
    for name, values in axes.items():
        found = [{**known, name: value} for known in found for value in values][:limit]
    yield from found
