"""Bounds on YAML that Python itself reads: a configuration, a rule, an inline patch. The engine bounds all other YAML.

A few hundred bytes of aliases or merge keys stand for more nodes than any machine holds, and deep nesting ends the
interpreter: both are known before anything is built, from the parser's events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 100
"""Lists and mappings in one another."""
MAX_NODES = 200_000
"""Nodes of a text, each alias counted as all that it stands for."""


class YAMLBoundsError(ValueError):
    """A text is too deep or too large; ``line`` is the 1-based line where that shows."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come: its anchor, and the nodes in it so far."""

    anchor: str | None
    nodes: int = 1


def check_bounds(events: Iterable[Any]) -> None:
    """Read the events of a parser (PyYAML's or ruamel.yaml's) to their end.

    Raises YAMLBoundsError, and whatever the parser raises.
    """
    sizes: dict[str, int] = {}
    opened = [_Open(None)]
    for event in events:
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind in ("SequenceStartEvent", "MappingStartEvent"):
            opened.append(_Open(event.anchor))
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            closed = opened.pop()
            _note(sizes, closed.anchor, closed.nodes)
            opened[-1].nodes += closed.nodes
        elif kind == "ScalarEvent":
            _note(sizes, event.anchor, 1)
            opened[-1].nodes += 1
        elif kind == "AliasEvent":
            # An alias of what is still open is a circle, which has no end.
            opened[-1].nodes += sizes.get(event.anchor, MAX_NODES)
        if len(opened) > MAX_DEPTH:
            raise YAMLBoundsError(f"nested deeper than {MAX_DEPTH} levels", line)
        if opened[-1].nodes > MAX_NODES:
            raise YAMLBoundsError(f"its aliases stand for more than {MAX_NODES:,} values", line)


def _note(sizes: dict[str, int], anchor: str | None, nodes: int) -> None:
    if anchor:
        sizes[anchor] = nodes
