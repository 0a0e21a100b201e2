"""Submodules whose commit a change sets, and whether what they hold can be compared."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gitlint_ops.source.git import git_text, git_top_level
from gitlint_ops.source.objects import SUBMODULE_MODE


@dataclass(frozen=True, slots=True, order=True)
class SubmoduleChange:
    """A submodule of which the work tree's index names another commit than the base commit does.

    Commits are full hashes, '' where there is no such submodule. ``gap`` says why its content is not compared, and what
    to do about it; '' where it is.
    """

    path: str
    before: str
    after: str
    gap: str = ""


def is_checked_out(folder: Path) -> bool:
    """Tell whether the clone of a submodule is in its folder."""
    return git_top_level(folder) == folder.resolve()


def submodule_problem(folder: Path) -> str:
    """Say of a submodule's folder why nothing in it is checked, to follow its name."""
    if is_checked_out(folder):
        return "is a Git submodule; its files are not checked from here"
    return "is a Git submodule that is not checked out ('git submodule update --init' does so)"


def submodule_changes(root: Path, before: Mapping[str, str], written: Collection[str]) -> tuple[SubmoduleChange, ...]:
    """Give the submodules that differ, by path. ``before`` gives the base's, by path their commit.

    ``written`` are those of which the base commit's content is at hand.
    """
    after = _indexed(root)
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    changes = (SubmoduleChange(path, before.get(path, ""), after.get(path, "")) for path in paths)
    return tuple(replace(change, gap=_gap(root / change.path, change, written)) for change in changes)


def _indexed(root: Path) -> dict[str, str]:
    """Give the submodules of the index below a folder, with their commits."""
    listed = (git_text(root, "ls-files", "-z", "--stage") or "").split("\0")
    entries = (entry.partition("\t") for entry in listed if entry.startswith(f"{SUBMODULE_MODE} "))
    return {path: facts.split()[1] for facts, _, path in entries}


def _gap(folder: Path, change: SubmoduleChange, written: Collection[str]) -> str:
    named = shlex.quote(change.path)
    if not change.after:
        return "it is gone, and its clone with it"
    if not is_checked_out(folder):
        return f"it is not checked out: run 'git submodule update --init {named}'"
    if (git_text(folder, "rev-parse", "HEAD") or "").strip() != change.after:
        return f"another commit of it is checked out: run 'git submodule update {named}'"
    if change.before and change.path not in written:
        return f"its clone lacks the older commit: run 'git -C {named} fetch --unshallow'"
    return ""
