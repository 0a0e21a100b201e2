"""Answers of the engine that are good for another tree too: those that read nothing in which the two differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]


@dataclass(slots=True)
class Answers:
    """What was rendered in one tree, by request, each with what it read: files, folders listed, and what was absent."""

    _kept: dict[str, tuple[Answer, Sequence[Mapping[str, str]]]] = field(default_factory=dict)

    def keep(self, key: str, answer: Answer) -> None:
        """Remember an answer that lists its ``reads``; they are taken out of it."""
        reads = answer.pop("reads", None)
        if reads is not None:
            self._kept[key] = (answer, reads)

    def recall(self, key: str) -> Answer | None:
        """Give the answer to a request, None where there is none."""
        kept = self._kept.get(key)
        return kept[0] if kept else None

    def unaffected_by(self, changed: Collection[str]) -> Answers:
        """Give the answers that a tree in which these files differ would give too."""
        touched = _Touched(changed)
        return Answers({key: kept for key, kept in self._kept.items() if not any(map(touched.by, kept[1]))})


class _Touched:
    """Tells whether an access would see something else in the other tree."""

    def __init__(self, changed: Collection[str]) -> None:
        self._files = frozenset(changed)
        self._folders = {"."} if changed else set()
        for path in changed:
            parts = path.split("/")
            self._folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))

    def by(self, read: Mapping[str, str]) -> bool:
        """Whether a changed file was read, lies in a listed folder at any depth, or is where nothing was found."""
        path = read["path"]
        return path in self._files or (read["kind"] != "file" and path in self._folders)
