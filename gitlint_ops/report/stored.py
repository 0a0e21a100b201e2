"""A report as bytes, to be read back by the same version of the program: nothing is lost, and nothing is run."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from gitlint_ops.lint.model import Report


class StoredReportError(ValueError):
    """The bytes are not those of a report."""


def to_bytes(report: Report) -> bytes:
    """Give a report as bytes. Its defects cannot be stored: one with any raises ValueError."""
    return json.dumps(to_plain(report), separators=(",", ":")).encode("ascii")


def to_plain(report: Report) -> dict[str, Any]:
    """Give a report as a value that JSON can hold. Raises as ``to_bytes`` does."""
    if report.defects:
        raise ValueError("a report with defects is not stored")
    plain: dict[str, Any] = _plain(report)
    return plain


def from_bytes(data: bytes) -> Report:
    """Give the report that was stored. Raises StoredReportError for anything else."""
    try:
        return from_plain(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise StoredReportError(str(error)) from error


def from_plain(value: Any) -> Report:
    """Give the report that ``to_plain`` gave. Raises StoredReportError for anything else."""
    try:
        made = _made(Report, value)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoredReportError(str(error)) from error
    if not isinstance(made, Report):
        raise StoredReportError("not a report")
    return made


def _plain(value: Any) -> Any:
    """Give a value as JSON has it; fields at their defaults are left out."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not _is_default(f, value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _is_default(field: Any, value: Any) -> bool:
    return field.default is not MISSING and getattr(value, field.name) == field.default


def _made(hint: Any, value: Any) -> Any:
    """Make a value of a type out of its JSON. Raises ValueError or TypeError where it is none."""
    if hint is Any:
        return value
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**{key: _made(_hints(hint)[key], item) for key, item in value.items()})
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return _checked(isinstance(value, hint), value)
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value)
    return _checked(value in arguments, value) if origin is Literal else _container(origin, arguments, value)


def _container(origin: Any, arguments: tuple[Any, ...], value: Any) -> Any:
    if origin is tuple:
        kinds = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_made(kind, item) for kind, item in zip(kinds, value, strict=True))
    if origin is frozenset:
        return frozenset(_made(arguments[0], item) for item in value)
    return {_key(arguments[0], key): _made(arguments[1], item) for key, item in value.items()}


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Make a value of one of several types: of the only one beside None, or of those that JSON tells apart."""
    others = [kind for kind in kinds if kind is not types.NoneType]
    if value is None:
        return _checked(len(others) < len(kinds), value)
    return _made(others[0], value) if len(others) == 1 else _checked(type(value) in others, value)


def _key(kind: type, key: str) -> Any:
    return int(key) if kind is int else key


def _checked(fits: bool, value: Any) -> Any:
    if not fits:
        raise ValueError(f"a {type(value).__name__} is out of place")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Give the types of a dataclass' fields."""
    return get_type_hints(kind)
