"""Values of documents, whose type nobody vouches for: what has another type than was asked for counts as absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.source.model import Json


def mapping(value: Json, *keys: str) -> Mapping[str, Any]:
    """Give the mapping below these keys, or the value itself; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def elements(value: Json) -> list[Json]:
    """Give the elements of a list, none of anything else."""
    return value if isinstance(value, list) else []


def items(value: Json) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give the mappings of a list, each with its position."""
    for at, item in enumerate(elements(value)):
        if isinstance(item, dict):
            yield at, item


def index_in(value: list[Json], step: str) -> int | None:
    """Give the position that a step of a path means in a list, None where it means no element."""
    at = int(step) if step.isdecimal() and len(step) <= len(str(len(value))) else -1
    return at if 0 <= at < len(value) else None


def at_pointer(value: Json, pointer: str) -> Json:
    """Give the value at a JSON pointer (RFC 6901), None where there is none."""
    for step in pointer.split("/")[1:]:
        at = index_in(value, step) if isinstance(value, list) else None
        value = mapping(value).get(step.replace("~1", "/").replace("~0", "~")) if at is None else value[at]
    return value


def texts(value: Json) -> list[str]:
    """Give the strings of a list."""
    return [item for item in elements(value) if isinstance(item, str)]
