"""The two sides of a comparison: the commit that a change started from, and the work tree as it is now."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from gitlint_ops.source.git import GitError, git_text, git_top_level, run_git

_NEAREST = 3
_SHORT = 12


class RevisionError(Exception):
    """There is nothing to compare with: ``message`` says why, ``advice`` what to do about it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Revisions:
    """What is compared: the merge base of a revision and HEAD (as a pull request does), and the work tree.

    Commits are full hashes. ``prefix`` is the root's place in its repository: ``''``, or ``clusters/`` with its slash.
    """

    ref: str
    base: str
    head: str
    prefix: str = ""

    @property
    def short_base(self) -> str:
        """The base commit as people write it."""
        return self.base[:_SHORT]


def find_revisions(root: Path, ref: str) -> Revisions:
    """Give the revisions that ``--base REF`` compares in the repository around ``root``. Raises RevisionError."""
    if git_top_level(root) is None:
        raise RevisionError(_no_repository(root), "a comparison reads the old state from Git: run it in a clone")
    tip = _commit(root, ref)
    if tip is None:
        raise _unknown(root, ref)
    head = _commit(root, "HEAD")
    if head is None:
        raise RevisionError("this branch has no commit yet", "commit something; '--base' compares with a commit")
    prefix = (git_text(root, "rev-parse", "--show-prefix") or "").rstrip("\r\n")
    return Revisions(ref, _merge_base(root, ref, tip, head), head, prefix)


def _no_repository(root: Path) -> str:
    try:
        run_git(root, "rev-parse", "--show-toplevel")
    except GitError as error:
        return f"'{root.name}' cannot be compared: {error.message}"
    return f"'{root.name}' cannot be compared: it is the inside of a Git repository, not a work tree"


def _commit(root: Path, ref: str) -> str | None:
    """Resolve a revision to a commit; None for what is none. A leading dash would be an option to Git."""
    if not ref or ref.startswith("-") or "\0" in ref:
        return None
    found = git_text(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return found.strip() if found else None


def _unknown(root: Path, ref: str) -> RevisionError:
    names = (git_text(root, "for-each-ref", "--format=%(refname:short)") or "").split()
    ends = [name for name in names if ref and name.endswith(f"/{ref}")]
    near = list(dict.fromkeys([*ends, *difflib.get_close_matches(ref, names, _NEAREST, 0.5)]))[:_NEAREST]
    message = f"there is no revision '{ref}' in this clone"
    if near:
        return RevisionError(f"{message}; did you mean {' or '.join(repr(name) for name in near)}?", _fetch(ref))
    return RevisionError(f"{message}; branches and tags: {', '.join(names[:8]) or 'none'}", _fetch(ref))


def _fetch(ref: str) -> str:
    return f"fetch it ('git fetch origin {ref}'); in GitHub Actions, give actions/checkout 'fetch-depth: 0'"


def _merge_base(root: Path, ref: str, tip: str, head: str) -> str:
    found = git_text(root, "merge-base", tip, head)
    if found:
        return found.strip()
    if (git_text(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        raise RevisionError(
            f"this clone is shallow: its history ends before '{ref}' and HEAD meet",
            "deepen it ('git fetch --deepen=200 origin', or 'git fetch --unshallow origin'); in GitHub Actions, give "
            "actions/checkout 'fetch-depth: 0'",
        )
    raise RevisionError(f"'{ref}' and HEAD have no commit in common", "name a revision that this branch started from")
