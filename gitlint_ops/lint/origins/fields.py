"""Fields as people write them: ``spec.template.spec.containers[name=web].image``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gitlint_ops.source import FieldPath, Json, display_path

MAX_PATHS = 200
"""Fields that one question may mean; those beyond are left out."""
_MAX_NEAREST = 5
_ALIKE = 0.5
_STEP = re.compile(
    r"""\.?(?:
    \[(?P<index>\d{1,9})\]
  | \[(?P<every>\*)\]
  | \[(?P<key>[^\]='"\s]+)=(?P<quote>['"]?)(?P<value>[^\]]*?)(?P=quote)\]
  | \[?(?P<mark>['"])(?P<quoted>.*?)(?P=mark)\]?
  | (?P<plain>[^.\[\]'"]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a field as it is written: a plain key, a quoted one, an index, ``[key=value]``, or every element."""

    form: Literal["plain", "quoted", "index", "match", "every"]
    text: str
    key: str = ""


def read_field(text: str) -> tuple[Step, ...] | None:
    """Read a dotted path, or a JSON pointer; None for anything else.

    Keys with dots may be quoted (``['app.kubernetes.io/name']``), list elements chosen by index, ``[name=web]``, or
    plainly by their name (``containers.web.image``); ``[*]`` is every element.
    """
    if text.startswith("/"):
        return tuple(Step("plain", part.replace("~1", "/").replace("~0", "~")) for part in text[1:].split("/"))
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return None
        steps.append(_step(found))
        at = found.end()
    return tuple(steps) or None


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return Step("index", found["index"])
    if found["every"] is not None:
        return Step("every", "*")
    if found["key"] is not None:
        return Step("match", found["value"], found["key"])
    return Step("quoted", found["quoted"]) if found["mark"] else Step("plain", found["plain"])


def paths_of(value: Json, steps: Sequence[Step]) -> list[FieldPath]:
    """Give the paths that steps mean in a value, at most MAX_PATHS; none where there is no such field."""
    found: list[FieldPath] = []
    for path in _walk(value, steps):
        found.append(path)
        if len(found) == MAX_PATHS:
            break
    return found


def _walk(value: Json, steps: Sequence[Step]) -> Iterator[FieldPath]:
    if not steps:
        yield ()
    elif isinstance(value, Mapping):
        for key, used in _keys(value, steps):
            yield from ((key, *rest) for rest in _walk(value[key], steps[used:]))
    elif isinstance(value, list):
        for at in _elements(value, steps[0]):
            yield from ((at, *rest) for rest in _walk(value[at], steps[1:]))


def _keys(value: Mapping[str, Json], steps: Sequence[Step]) -> Iterator[tuple[str, int]]:
    """Give the keys that the first steps mean and how many steps each takes: plain ones may be one key with dots."""
    if steps[0].form == "every":
        yield from ((key, 1) for key in value)
    elif steps[0].form == "quoted":
        yield from ((key, 1) for key in (steps[0].text,) if key in value)
    name = ""
    for used, step in enumerate(steps, 1):
        if step.form != "plain":
            return
        name = f"{name}.{step.text}" if name else step.text
        if name in value:
            yield name, used


def _elements(value: Sequence[Json], step: Step) -> Iterator[int]:
    if step.form == "every":
        yield from range(len(value))
    elif step.form == "index" or step.text.isdecimal():
        yield from (at for at in (int(step.text),) if at < len(value))
    else:
        yield from (at for at, item in enumerate(value) if _is_element(item, step.key or "name", step.text))


def _is_element(item: Json, key: str, text: str) -> bool:
    return isinstance(item, Mapping) and key in item and str(item[key]) == text


def nearest_fields(value: Json, text: str) -> list[str]:
    """Give the fields of a value that come nearest to what was asked for: by their last key, then by their spelling."""
    known = [display_path(path) for path in _all(value, ())]
    last = re.split(r"[.\[/]", text.rstrip("]"))[-1].strip("'\"")
    ending = [name for name in known if name.endswith(f".{last}")] if last else []
    alike = difflib.get_close_matches(text.lstrip("./"), known, _MAX_NEAREST, _ALIKE)
    return list(dict.fromkeys((*ending, *alike)))[:_MAX_NEAREST]


def _all(value: Json, path: FieldPath) -> Iterator[FieldPath]:
    if path:
        yield path
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _all(below, (*path, str(key)))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _all(below, (*path, at))
