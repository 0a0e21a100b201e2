"""What operators make from objects in Git, as ``makers.yaml`` and the configuration say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice, product
from typing import Any

from gitlint_ops.source.model import Json

ANY = "*"
"""In a name: any text. As a kind or namespace: all of them."""
MAX_TEXT = 1_024
"""A longer text is no name, nor one with an operator's variables in it, in characters."""
MAX_MADE = 10_000
"""What one object makes, at most: patterns with several lists in them multiply."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_VARIABLE = re.compile(r"\{\{.*?\}\}|\$\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Maker:
    """Objects that make others. ``marks``: annotations or labels of which they carry one, () for any object."""

    groups: frozenset[str]
    kinds: frozenset[str]
    makes: Mapping[str, tuple[str, ...]]
    """Kind of what is made, to its names: texts with ``{field.path}`` and ``*``."""
    marks: tuple[str, ...] = ()
    namespace: str = ""
    """A text like the names; '' for the object's own, ``*`` for every namespace."""


@dataclass(frozen=True, slots=True)
class Made:
    """What an operator makes. ``name`` may hold ``*``; ``namespace`` is '' for its maker's own, ``*`` for all."""

    kind: str
    name: str
    namespace: str


class Makers:
    """The makers by the kind of their objects."""

    def __init__(self, makers: Iterable[Maker]) -> None:
        self._known: dict[tuple[str, str], list[Maker]] = {}
        for maker in makers:
            for key in product(maker.groups, maker.kinds):
                self._known.setdefault(key, []).append(maker)

    def made_by(self, group: str, kind: str, data: Mapping[str, Any]) -> Iterator[Made]:
        """Give what an object of this group and kind makes."""
        for maker in self._of(group, kind):
            if _is_marked(data, maker.marks):
                yield from islice(_made(maker, data), MAX_MADE)

    def know(self, group: str, kind: str) -> bool:
        """Say whether it is known what objects of this group and kind make: what any object may make tells nothing."""
        return any(key in self._known for key in product((group, ANY), (kind, ANY)) if key != (ANY, ANY))

    def _of(self, group: str, kind: str) -> Iterator[Maker]:
        for key in product((group, ANY), (kind, ANY)):
            yield from self._known.get(key, ())


def _is_marked(data: Mapping[str, Any], marks: tuple[str, ...]) -> bool:
    return not marks or any(mark in texts for mark in marks for texts in _metadata(data))


def _metadata(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    metadata = data.get("metadata")
    for key in ("annotations", "labels"):
        texts = metadata.get(key) if isinstance(metadata, dict) else None
        yield texts if isinstance(texts, dict) else {}


def _made(maker: Maker, data: Mapping[str, Any]) -> Iterator[Made]:
    for kind_text, patterns in maker.makes.items():
        for kind in _filled(kind_text, data):
            for pattern in patterns:
                for name in _filled(pattern, data):
                    # Kyverno writes a kind as v1/Secret.
                    yield from (Made(kind.rpartition("/")[2], name, place) for place in _namespaces(maker, data))


def _namespaces(maker: Maker, data: Mapping[str, Any]) -> list[str]:
    return list(_filled(maker.namespace, data)) or [""] if maker.namespace else [""]


def _filled(pattern: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts of a pattern: one for each value of its fields, none where a field is not there."""
    before, paths, after = _split(pattern)
    if not paths:
        yield before
    for value in _values(paths, data):
        # What a variable of the operator's stands for is not known: any text.
        text = before + _VARIABLE.sub(ANY, value)
        # The value is not looked into again: it may hold braces of its own.
        yield from (text + rest for rest in _filled(after, data))


@cache
def _split(pattern: str) -> tuple[str, tuple[tuple[str, ...], ...], str]:
    """Split a pattern at its first ``{a.b|metadata.name}``: the text before it, the steps of its paths, the rest."""
    found = _PLACEHOLDER.search(pattern)
    if found is None:
        return pattern, (), ""
    return pattern[: found.start()], tuple(map(_steps, found[1].split("|"))), pattern[found.end() :]


def _values(paths: tuple[tuple[str, ...], ...], data: Mapping[str, Any]) -> Iterator[str]:
    """Give the scalars at the first of several paths that is there."""
    for steps in paths:
        found = (str(value) for value in _at(data, steps) if isinstance(value, (str, int)) and value != "")
        values = [value for value in found if len(value) <= MAX_TEXT]
        if values:
            yield from values
            return


def _steps(path: str) -> tuple[str, ...]:
    """Split ``a.b[].c`` at its dots; of ``annotations:x.y/z`` all after the colon is one key."""
    head, colon, key = path.partition(":")
    if colon:
        return ("metadata", head, key)
    return tuple(step for part in path.split(".") for step in part.replace("[]", ".[]").split(".") if step)


def _at(value: Json, steps: tuple[str, ...]) -> list[Json]:
    found = [value]
    for step in steps:
        if step == "[]":
            found = [item for held in found if isinstance(held, list) for item in held]
        else:
            found = [held[step] for held in found if isinstance(held, dict) and step in held]
    return found


@cache
def own_makers() -> tuple[Maker, ...]:
    """Give the makers that the program knows."""
    import yaml

    text = resources.files("gitlint_ops.lint.references").joinpath("makers.yaml").read_text("utf-8")
    # libyaml, where it is there, takes a tenth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(maker_of(entry) for entry in yaml.load(text, Loader=loader))  # noqa: S506 - a safe loader, C or Python


def maker_of(entry: Mapping[str, Any]) -> Maker:
    """Turn an entry of ``makers.yaml`` or of the configuration's ``operators`` into a maker."""
    groups = entry.get("groups") or [entry.get("group", ANY)]
    return Maker(
        groups=frozenset(groups),
        kinds=frozenset(entry["kinds"]),
        makes={kind: tuple(names) for kind, names in entry["makes"].items()},
        marks=tuple(entry.get("marks", ())),
        namespace=entry.get("namespace", ""),
    )
