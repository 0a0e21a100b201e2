"""Answers of the engine that are good for another tree too: those that read nothing in which the two differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]
Read = Mapping[str, str]
"""An access of the engine, as ``reads`` in ``engine/PROTOCOL.md``."""


class Difference:
    """In which files two trees of one repository differ, to be asked about what is read in either."""

    def __init__(self, changed: Collection[str], moved: Collection[str], links: Iterable[str] = ()) -> None:
        """Take the files that differ, those ``moved`` that are on one side only, and the symlinks of both."""
        self._files = frozenset(changed)
        self._moved = frozenset(moved)
        self._names = frozenset(path.rpartition("/")[2] for path in changed)
        self._folders = _folders_above(changed)
        self._parents = frozenset(path.rpartition("/")[0] or "." for path in changed)
        self._listed = _folders_above(moved)
        self._links = frozenset(links)
        self._below_links = tuple(f"{link}/" for link in self._links)

    def meets(self, read: Read) -> bool:
        """Whether an access would see something else in the other tree.

        A folder is not another one because the content of a file in it is: who reads that says so by itself.
        """
        path, kind = read["path"], read["kind"]
        if kind == "named":
            return path in self._names
        if kind == "present":
            return path in self._moved or path in self._listed
        return path in self._files or (kind in ("folder", "absent") and path in self._listed)

    def has_one_of(self, files: frozenset[str]) -> bool:
        """Whether one of some files differs."""
        return not self._files.isdisjoint(files)

    def has_named(self, name: str) -> bool:
        """Whether a file of this name differs, wherever it lies."""
        return name in self._names

    def is_in(self, folder: str, *, recurse: bool = True) -> bool:
        """Whether a file in a folder differs: at any depth, or directly in it."""
        return folder in (self._folders if recurse else self._parents)

    def has_link_below(self, folder: str) -> bool:
        """Whether a symlink lies in a folder, at any depth."""
        return any(folder == "." or link.startswith(f"{folder}/") for link in self._links)

    def leads_elsewhere(self, paths: Iterable[str]) -> bool:
        """Whether one of some paths is a symlink or lies behind one: it stands for another place."""
        if not self._links:
            return False
        return any(path in self._links or path.startswith(self._below_links) for path in paths)


def _folders_above(paths: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        found |= {".", *("/".join(parts[:depth]) for depth in range(1, len(parts)))}
    return frozenset(found)


@dataclass(slots=True)
class Answers:
    """What was rendered in one tree, by request, each with what it read: files, folders listed, and what was absent."""

    _kept: dict[str, tuple[Answer, Sequence[Read]]] = field(default_factory=dict)
    _difference: Difference | None = None
    """How the tree that they are for differs from the one in which they were rendered; None where it is that one."""

    def elsewhere(self, difference: Difference) -> Answers:
        """Give, for another tree, those of the answers so far and to come that hold there too."""
        return Answers(self._kept, difference)

    def keep(self, key: str, answer: Answer) -> None:
        """Take the ``reads`` out of an answer; one of the tree that answers are rendered in is remembered by them."""
        reads = answer.pop("reads", None)
        if reads is not None and self._difference is None:
            self._kept[key] = (answer, reads)

    def recall(self, key: str) -> Answer | None:
        """Give the answer to a request, None where there is none that holds."""
        answer, reads = self._kept.get(key, (None, ()))
        differs = self._difference is not None and any(map(self._difference.meets, reads))
        return None if differs else answer
