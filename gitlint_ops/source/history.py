"""What the commits of a change held on the way: the versions of files that neither its start nor its end has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gitlint_ops.source.git import run_git
from gitlint_ops.source.objects import LINK_MODE, SUBMODULE_MODE, entries_of, is_checkout_of
from gitlint_ops.source.revisions import Revisions

MAX_COMMITS = 2000
"""Of a longer history the newest commits are looked at."""


@dataclass(frozen=True, slots=True)
class OldVersion:
    """A version of a file: the commit that wrote it, its path (relative to the root, POSIX) and its blob."""

    commit: str
    path: str
    oid: str


@dataclass(frozen=True, slots=True)
class History:
    """The versions in between, oldest first, and how many commits at the beginning were left out."""

    versions: tuple[OldVersion, ...]
    left_out: int = 0


def versions_between(root: Path, revisions: Revisions) -> History:
    """Give each version of a file that a commit of the change wrote and that neither the base nor the work tree has.

    Raises GitError.
    """
    listed = run_git(root, "rev-list", "--reverse", "--topo-order", f"{revisions.base}..{revisions.head}")
    commits = listed.decode("ascii").split()
    kept = commits[-MAX_COMMITS:]
    before = {(entry.path, entry.oid) for entry in entries_of(root, revisions.base, revisions.prefix)}
    found: dict[tuple[str, str], OldVersion] = {}
    for version in _written(root, kept, revisions.prefix):
        if (version.path, version.oid) not in before:
            found.setdefault((version.path, version.oid), version)
    versions = tuple(version for version in found.values() if not _is_there(root / version.path, version.oid))
    return History(versions, len(commits) - len(kept))


def _is_there(file: Path, oid: str) -> bool:
    try:
        return file.is_file() and not file.is_symlink() and is_checkout_of(file.read_bytes(), oid)
    except OSError:
        # What cannot be read here is looked at as a version of its own.
        return False


def _written(root: Path, commits: list[str], prefix: str) -> Iterator[OldVersion]:
    """Give what each commit wrote, against each of its parents."""
    if not commits:
        return
    arguments = ("diff-tree", "--stdin", "-r", "-z", "-m", "--root", "--no-renames", "--no-abbrev")
    output = run_git(root, *arguments, given="\n".join(commits).encode("ascii") + b"\n")
    words = iter(output.split(b"\0"))
    commit = ""
    for word in words:
        if not word.startswith(b":"):
            commit = word.decode("ascii")
            continue
        _, mode, _, oid, _status = word.decode("ascii").split()
        path = os.fsdecode(next(words))
        if path.startswith(prefix) and mode not in ("000000", LINK_MODE, SUBMODULE_MODE):
            yield OldVersion(commit, path.removeprefix(prefix), oid)
