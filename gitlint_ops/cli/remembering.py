"""What decides on the report of ``check``: the options that do, and what it looks at outside of the repository."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gitlint_ops.cli.configuration import baseline_name, folders_of
from gitlint_ops.cli.outputs import show_layout
from gitlint_ops.cli.paths import PathList
from gitlint_ops.config import CONFIG_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from gitlint_ops.cache import Read
    from gitlint_ops.cli.caching import Cache
    from gitlint_ops.cli.check_options import CheckOptions
    from gitlint_ops.cli.session import Session, Target
    from gitlint_ops.report.remembered import RememberedRun
    from gitlint_ops.source.vendor import Fetched

_ONLY_SHOWN = frozenset(
    {
        "paths",
        "root",
        "cache_dir",
        "cache_url",
        "cache_read_only",
        "no_cache",
        "output_format",
        "outputs",
        "fail_on",
        "show_suppressed",
        "statistics",
        "explain",
        "color",
        "profile_run",
        "shard",
        "shard_costs",
        "quiet",
        "verbose",
    }
)
"""Options that change nothing of what is found; what paths and root mean is asked for by itself."""


def plan_run(options: CheckOptions, target: Target, cache: Cache | None) -> RememberedRun | None:
    """Give the run that the options ask for; None where its report is not to be remembered.

    That is without a cache, for a part of a run, where files are to be changed, with the network, whose answers change,
    where a commit is not there, and where an old commit may have locked archives that are here or not.
    """
    if cache is None or options.shard or options.fix or options.diff or options.network:
        return None
    if options.base and _is_locked(target.root):
        return None
    from gitlint_ops.report.remembered import RememberedRun
    from gitlint_ops.source.git import GitError
    from gitlint_ops.source.revisions import RevisionError

    try:
        commits = [_commits(target.root, ref) for ref in (options.base, options.config_from) if ref]
    except (RevisionError, GitError):
        # The run itself will tell.
        return None
    return RememberedRun(target.root, cache.memory, {**asked_of(options, target), "commits": commits})


def _is_locked(root: Path) -> bool:
    from gitlint_ops.source.vendor import LOCK_NAME

    return (root / LOCK_NAME).exists()


def asked_of(options: CheckOptions, target: Target) -> dict[str, Any]:
    """Give the options that decide on what is found: all but those on how it is shown."""
    config_file = options.config_file or target.root / CONFIG_NAME
    given = {name: str(value) for name, value in asdict(options).items() if name not in _ONLY_SHOWN}
    return given | {
        "scopes": target.scopes,
        "listed": isinstance(options.paths, PathList),
        "config": _content(config_file),
        "known": _content(options.baseline),
        "layout": show_layout(options.output_format, options.outputs),
    }


def _content(file: Path | None) -> str:
    """Give a text that stands for what is in a file, '' for no file."""
    from gitlint_ops.cache import Read, States

    return States(file.resolve().parent).of(Read("file", file.resolve().name)) if file else ""


def _commits(root: Path, ref: str) -> list[str]:
    """Give what a revision stands for: its merge base with HEAD, and what came then. Raises RevisionError, GitError."""
    from gitlint_ops.source.git import run_git
    from gitlint_ops.source.revisions import find_revisions

    found = find_revisions(root, ref)
    between = run_git(root, "rev-list", f"{found.base}..{found.head}")
    return [found.base, found.head, found.prefix, hashlib.sha256(between).hexdigest()]


def beside(session: Session, options: CheckOptions) -> set[Read]:
    """Give what a run looks at that need not be among the repository's files: Git may ignore it, or it lies outside."""
    from gitlint_ops.cache import Read, cache_folder
    from gitlint_ops.lint.schemas.locations import is_url

    config = session.config
    found = {Read("tree", folder) for folder in folders_of(config)}
    if any(map(is_url, config.schema_locations)):
        found.add(Read("tree", str((options.cache_dir or cache_folder()) / "schemas")))
    if options.baseline is None and not options.no_baseline:
        found.add(Read("file", baseline_name(config)))
    return found | _archives(session.tree.fetched, session.target.root)


def _archives(fetched: Fetched, root: Path) -> set[Read]:
    """Give the lock file, and each place where an archive that it names may be: relative to ``root`` if it is there."""
    from gitlint_ops.cache import Read
    from gitlint_ops.source.vendor import LOCK_NAME

    stores = [store.relative_to(root) if store.is_relative_to(root) else store for store in fetched.stores]
    places = {Read("file", str(store / entry.file)) for entry in fetched.lock.values() for store in stores}
    return {Read("file", LOCK_NAME), *places}
