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

    def unaffected_by(self, changed: Collection[str], moved: Collection[str]) -> Answers:
        """Give the answers that a tree in which these files differ would give too; ``moved`` are on one side only."""
        touched = _Touched(changed, moved)
        return Answers({key: kept for key, kept in self._kept.items() if not any(map(touched.by, kept[1]))})


class _Touched:
    """Tells whether an access would see something else in the other tree."""

    def __init__(self, changed: Collection[str], moved: Collection[str]) -> None:
        self._files = frozenset(changed)
        self._names = frozenset(path.rpartition("/")[2] for path in changed)
        self._folders = {"."} if moved else set()
        for path in moved:
            parts = path.split("/")
            self._folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))

    def by(self, read: Mapping[str, str]) -> bool:
        """Whether a changed file was read or sought; or one came or went where something was listed or looked for.

        A folder is not another one because the content of a file in it is: who reads that says so by itself.
        """
        path, kind = read["path"], read["kind"]
        if kind == "named":
            return path in self._names
        return path in self._files or (kind in ("folder", "absent", "present") and path in self._folders)
