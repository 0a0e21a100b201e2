"""Which files a repository holds: as Git lists them, or by a walk where there is no Git."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gitlint_ops.config import CONFIG_NAME
from gitlint_ops.source.git import git_text, git_top_level
from gitlint_ops.source.model import Problem, Span
from gitlint_ops.source.submodules import submodule_problem

_IGNORED_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".terraform"})


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a root, sorted, repository-relative and POSIX; what was passed over and why; Git's remotes."""

    files: tuple[str, ...]
    skipped: tuple[Problem, ...]
    is_git: bool
    remotes: tuple[str, ...]
    branch: str = ""
    """The branch that is checked out, '' where none is (a commit is, or there is no Git)."""


@dataclass(frozen=True, slots=True)
class Names:
    """What lies below a root before anything is looked at: names (POSIX), and what Git says of the repository."""

    names: tuple[str, ...]
    skipped: tuple[Problem, ...]
    is_git: bool
    remotes: tuple[str, ...] = ()
    branch: str = ""


def is_marked(folder: Path) -> bool:
    """Tell whether a folder is the root of a repository: it has ``.git`` (a folder or a file), or a configuration."""
    return any((folder / mark).exists() for mark in (".git", CONFIG_NAME))


def names_below(root: Path) -> Names:
    """Give the names of tracked and untracked-not-ignored files under Git, else of all but tool folders, sorted."""
    names = _git_files(root)
    if names is not None:
        return Names(tuple(sorted(set(names))), (), True, _git_remotes(root), _git_branch(root))
    skipped: list[Problem] = []
    found = tuple(sorted(set(_walk(root, skipped))))
    return Names(found, tuple(sorted(skipped, key=lambda problem: problem.span.path)), False)


def list_files(root: Path, exclude: Iterable[str], known: Names | None = None) -> Listing:
    """List the regular files below a root: tracked and untracked-not-ignored ones under Git, else all but tool folders.

    Symlinks that stay inside the root count as the file they lead to; those that leave it are skipped with a problem.
    ``known`` are the names below the root, where somebody has asked for them already.
    """
    found = known or names_below(root)
    skipped = list(found.skipped)
    files = _sorted_in(root, found.names, tuple(exclude), skipped)
    return Listing(files, tuple(skipped), found.is_git, found.remotes, found.branch)


def is_excluded(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path is among the configuration's ``exclude`` globs, or below one that names a folder."""
    return any(fnmatch.fnmatchcase(name, pattern) or name.startswith(pattern.rstrip("/") + "/") for pattern in patterns)


def folder_links(root: Path, files: Iterable[str]) -> tuple[str, ...]:
    """Give the symlinks that Git lists and that are not among the ``files``: those that lead to folders, or nowhere."""
    others = set(_git_files(root) or ()).difference(files)
    return tuple(sorted(name for name in others if (root / name).is_symlink()))


def _sorted_in(root: Path, names: Iterable[str], exclude: tuple[str, ...], skipped: list[Problem]) -> tuple[str, ...]:
    files: list[str] = []
    real_root = root.resolve()
    for name in names:
        if not is_excluded(name, exclude):
            _sort_in(root, real_root, name, files, skipped)
    return tuple(files)


def _sort_in(root: Path, real_root: Path, name: str, files: list[str], skipped: list[Problem]) -> None:
    try:
        status = os.lstat(f"{root}/{name}")
        if stat.S_ISREG(status.st_mode):
            files.append(name)
        elif stat.S_ISLNK(status.st_mode):
            _sort_link(root / name, real_root, name, files, skipped)
        elif stat.S_ISDIR(status.st_mode):
            skipped.append(Problem("unreadable", Span(name, 1), f"'{name}' {submodule_problem(root / name)}"))
        else:
            skipped.append(Problem("unreadable", Span(name, 1), f"'{name}' is not a regular file"))
    except FileNotFoundError:
        # Deleted in the work tree but still in Git's index: it is not there, and nothing is lost.
        return
    except OSError as error:
        skipped.append(Problem("unreadable", Span(name, 1), f"'{name}' cannot be read: {error.strerror}"))


def _sort_link(path: Path, real_root: Path, name: str, files: list[str], skipped: list[Problem]) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        skipped.append(Problem("unreadable", Span(name, 1), f"'{name}' is a symlink that leads nowhere"))
        return
    if not target.is_relative_to(real_root):
        skipped.append(Problem("outside-root", Span(name, 1), f"'{name}' is a symlink that leaves the repository"))
    elif target.is_file():
        files.append(name)


def _git_files(root: Path) -> list[str] | None:
    top = git_top_level(root)
    if top is None:
        return None
    output = git_text(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if output is None:
        # A damaged index, say: what lies in the folder is better than nothing.
        return None
    names = [name for name in output.split("\0") if name]
    # A folder that the repository around it ignores as a whole is no part of it.
    return names or (None if top != root.resolve() else [])


def _git_remotes(root: Path) -> tuple[str, ...]:
    output = git_text(root, "config", "--get-regexp", r"^remote\..*\.url$") or ""
    return tuple(dict.fromkeys(line.split(" ", 1)[1].strip() for line in output.splitlines() if " " in line))


def _git_branch(root: Path) -> str:
    return (git_text(root, "symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()


def files_on_disk(root: Path) -> Iterator[str]:
    """Give every file and link below a root, also those that Git ignores, without Git's own and the tools' folders.

    A folder that cannot be listed gives nothing.
    """
    return _walk(root, [])


def _walk(root: Path, skipped: list[Problem]) -> Iterator[str]:
    pending = [""]
    while pending:
        prefix = pending.pop()
        for entry in _entries(root, prefix, skipped):
            if entry.name in _IGNORED_FOLDERS and os.path.isdir(entry.path):  # noqa: PTH112 - at each start
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _entries(root: Path, prefix: str, skipped: list[Problem]) -> list[os.DirEntry[str]]:
    """Give what lies in a folder; one that cannot be listed is a problem."""
    try:
        with os.scandir(f"{root}/{prefix}") as entries:
            return list(entries)
    except OSError as error:
        name = prefix.rstrip("/") or "."
        skipped.append(Problem("unreadable", Span(name, 1), f"'{name}' cannot be listed: {error.strerror}"))
        return []
