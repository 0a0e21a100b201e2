"""Which files were moved, as Git tells it: by what they hold."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from gitlint_ops.source.git import GitError, run_git

MAX_CANDIDATES = 2000
"""With more files gone or new than this only what is equal counts as moved, as Git has it (``-l``)."""
MAX_CANDIDATE_BYTES = 10 * 1024 * 1024
_SIMILAR = "-M50%"


def find_renames(
    before: Path, removed: Collection[str], after: Path, added: Collection[str], work: Path
) -> Mapping[str, str]:
    """Give old path to new path of the files that were moved, perhaps edited too.

    ``removed`` are relative to ``before``, ``added`` to ``after``; ``work`` is a private folder for the comparison.
    What Git cannot tell is no rename: such files count as removed and added.
    """
    if not removed or not added:
        return {}
    for name, root, paths in (("removed", before, removed), ("added", after, added)):
        for path in paths:
            _copy(root / path, work / name / path)
    arguments = ["diff", "--no-index", "--no-ext-diff", "--no-textconv", "--name-status", "-z", _SIMILAR]
    try:
        output = run_git(work, *arguments, f"-l{MAX_CANDIDATES}", "--", "removed", "added", accepted=(0, 1))
    except GitError:
        # Too much for Git to compare in time: then nothing is known to have been moved.
        return {}
    return dict(_pairs(os.fsdecode(output).split("\0")))


def _copy(file: Path, target: Path) -> None:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_CANDIDATE_BYTES:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    """Read ``R100 old new`` among ``A path`` and ``D path``."""
    found = []
    at = 0
    while at < len(words) and words[at]:
        if words[at].startswith("R"):
            found.append((words[at + 1].partition("/")[2], words[at + 2].partition("/")[2]))
        at += 3 if words[at][0] in "RC" else 2
    return found
