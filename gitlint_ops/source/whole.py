"""A repository as a whole, in one text: another one whenever any of its files, or what Git says of it, is another."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from gitlint_ops.cache import Read, States
from gitlint_ops.source.listing import Names, names_below


def describe(
    root: Path, states: States, own: Collection[Path], known: Names | None = None
) -> tuple[str, frozenset[str]]:
    """Give the text, and the names it covers: every file that a tree at ``root`` may hold, whatever is excluded.

    Paths are repository-relative. A symlink to a folder of the repository stands for all that is below that folder.
    The files ``own``, which the program itself keeps, are left out. ``known`` are the names below the root, where
    somebody has asked for them already.
    """
    found, top = known or names_below(root), root.resolve()
    ours = {file.relative_to(top).as_posix() for file in own if file.is_relative_to(top)}
    names = [name for name in found.names if name not in ours]
    return "\n".join((*_head(found), *_lines(root, names, states))), frozenset(names)


def _head(found: Names) -> Iterator[str]:
    yield f"{found.is_git} {found.branch} {' '.join(found.remotes)}"
    yield from (problem.message for problem in found.skipped)


def _lines(root: Path, names: Iterable[str], states: States) -> Iterator[str]:
    for name in names:
        state = states.of(Read("file", name))
        yield f"{name}\0{state}"
        if state.startswith("link ") and state.endswith(": folder"):
            yield _linked(root, name, states)


def _linked(root: Path, name: str, states: States) -> str:
    """Give what is below the folder that a link leads to, '' for one outside of the root, which nobody reads."""
    real_root = os.path.realpath(root)
    target = os.path.realpath(f"{real_root}/{name}")
    if not Path(target).is_relative_to(real_root):
        return ""
    return states.of(Read("tree", os.path.relpath(target, real_root)))
