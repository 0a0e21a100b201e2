"""Reading of an object whose shape is not certain: what has another type than expected counts as absent.

The schema reports a wrong type; the checks here only add what it does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation.formats import is_placeholder
from gitlint_ops.lint.schemas.wording import MAX_SHOWN
from gitlint_ops.source import FieldPath, display_path
from gitlint_ops.source.narrowing import mapping

MAX_PORT = 65535


def fault(path: FieldPath, words: str, *, on_key: bool = False, exact: bool = True) -> Fault:
    """Give a fault whose message is the field and then ``words``."""
    return Fault(path, f"{display_path(path)} {words}", on_key, exact, beyond_schema=True)


def mappings(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """Give the mappings of a list, each with its path."""
    for at, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield (*path, at), item


def below(data: Any, path: FieldPath) -> Any:
    """Give the value at a path of keys, None where there is none."""
    for step in path:
        data = mapping(data).get(str(step))
    return data


def quoted(text: str) -> str:
    """Give a text as messages show it, shortened."""
    return f"'{text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + '…'}'"


def malformed(
    value: Any, path: FieldPath, fits: Callable[[str], bool], form: str, *, on_key: bool = False
) -> tuple[Fault, ...]:
    """Give the fault of a text that has not the form; a placeholder is not judged."""
    if not isinstance(value, str) or fits(value) or is_placeholder(value):
        return ()
    return (fault(path, f"must be {form}, not {quoted(value)}", on_key=on_key),)


def repeated(found: Iterator[tuple[FieldPath, Any]], what: str) -> Iterator[Fault]:
    """Give the second and further places of a text that may stand only once."""
    seen: dict[str, FieldPath] = {}
    for path, value in found:
        if isinstance(value, str) and value:
            if value in seen:
                yield fault(path, f"repeats {what} {quoted(value)} of {display_path(seen[value])}")
            seen.setdefault(value, path)


def port_number(value: Any, path: FieldPath, least: int = 1) -> Iterator[Fault]:
    """Give the fault of a number that is no port."""
    if isinstance(value, int) and not isinstance(value, bool) and not least <= value <= MAX_PORT:
        yield fault(path, f"must be a port from {least} to {MAX_PORT}, not {value}")
