"""``targetPath`` of a HelmRelease's valuesFrom: what is set, and whether it prevails over the release's own values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gitlint_ops.source.model import Json

_QUOTES = ("'", '"')
_SYNTAX = re.compile(r"[\\,\[\]{}]")
_DOT = re.compile(r"(?<!\\)\.")


def target_layer(target: str, text: str, *, literal: bool) -> tuple[Literal["set", "set_string"], list[str]]:
    """Give the form and the argument that put a text at a path, as ``helm --set`` or ``--set-string`` writes it.

    As ReplacePathValue and ReplacePathLiteralValue of fluxcd/pkg do (chartutil/values.go).
    """
    if literal:
        return "set_string", [f"{target}={_SYNTAX.sub(lambda found: chr(92) + found[0], text)}"]
    if any(text.startswith(quote) and text.endswith(quote) for quote in _QUOTES):
        return "set_string", [f"{target}={text.strip(''.join(_QUOTES))}"]
    return "set", [f"{target}={text}"]


@dataclass(slots=True)
class OwnValues:
    """The release's own values, while its references are merged one by one.

    ChartValuesFromReferences (fluxcd/pkg, chartutil/values.go) lays them below each targetPath and merges them again
    at the end. What is written into a mapping or list that is theirs stays; MergeMaps copies each mapping that the
    result had before, and what is written into a copy is lost to a value of theirs.
    """

    values: Mapping[str, Any]
    _earlier: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, values: Json) -> None:
        """Take note of values that were merged."""
        if isinstance(values, dict):
            self._earlier.append(values)

    def add_target(self) -> None:
        """Take note of a targetPath: from then on the result holds all of the release's own mappings."""
        self._earlier.append(self.values)

    def yields_to(self, target: str) -> bool:
        """Whether what a ``targetPath`` sets stays when they are merged at the end."""
        steps = [step.replace("\\.", ".") for step in _DOT.split(target)]
        for depth, step in enumerate(steps):
            name, _, index = step.partition("[")
            path = [*steps[:depth], name]
            if index:
                return isinstance(_value_at(self.values, path), dict | list)
            if depth == len(steps) - 1 or not isinstance(_value_at(self.values, path), dict):
                return False
            if not any(isinstance(_value_at(earlier, path), dict) for earlier in self._earlier):
                return True
        return False


def _value_at(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
