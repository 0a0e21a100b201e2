"""Which repositories a fleet is: those that a list names, and those found in a folder of clones."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gitlint_ops.source.listing import is_marked

MAX_DEPTH = 4
"""Levels of folders that are looked through for repositories: host, group, subgroup, repository."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository's root (absolute), and the name by which the reports call it."""

    name: str
    root: Path


def list_entries(text: str, folder: Path) -> tuple[Path, ...]:
    """Give the paths of a list, one a line, relative to ``folder``; a line that begins with ``#`` says nothing."""
    lines = (line.strip() for line in text.split("\n"))
    return tuple(folder / line for line in lines if line and not line.startswith("#"))


def repositories_in(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Give the roots at or below a folder, and the folders directly in it that hold none.

    A root is known by ``.git`` or a configuration file; nothing is looked for inside one, or in hidden folders.
    """
    if is_marked(folder):
        return (folder,), ()
    found = {child: tuple(_roots(child, MAX_DEPTH - 1)) for child in _folders(folder)}
    return tuple(root for roots in found.values() for root in roots), tuple(at for at in found if not found[at])


def _roots(folder: Path, depth: int) -> Iterator[Path]:
    if is_marked(folder):
        yield folder
    elif depth > 0:
        for child in _folders(folder):
            yield from _roots(child, depth - 1)


def _folders(folder: Path) -> list[Path]:
    """Give the folders in one, in name order. Raises OSError where it cannot be listed."""
    return sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith("."))


def named(roots: Iterable[Path]) -> tuple[Repository, ...]:
    """Give each root once, in name order, named by its path below the folder that holds all of them."""
    real = list(dict.fromkeys(Path(os.path.realpath(root)) for root in roots))
    try:
        top = Path(os.path.commonpath([root.parent for root in real]))
    except ValueError:
        # There are none, or they lie on several drives of Windows.
        top = Path()
    repositories = (Repository(_name(root, top), root) for root in real)
    return tuple(sorted(repositories, key=lambda repository: repository.name))


def _name(root: Path, top: Path) -> str:
    return (root.relative_to(top) if root.is_relative_to(top) else root).as_posix()
