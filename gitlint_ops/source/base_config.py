"""The configuration of a revision, and what it names: what a pull request does not change, whatever is in it."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gitlint_ops.config import CONFIG_NAME, MAX_CONFIG_BYTES, Config, ConfigError, TrustedBase, config_of
from gitlint_ops.source.git import GitError, git_text
from gitlint_ops.source.objects import LINK_MODE, SUBMODULE_MODE, Entry, entries_of, open_blobs
from gitlint_ops.source.revisions import RevisionError, Revisions, find_revisions

MAX_BYTES = 256 * 1024 * 1024
"""Files that the configuration names are not taken past this, all together."""


@contextmanager
def open_config_at(root: Path, ref: str, named: Callable[[Config], Collection[str]]) -> Iterator[Config]:
    """Open the configuration that the merge base of ``ref`` and HEAD holds, the defaults where it holds none.

    ``named`` gives the files and folders that a configuration names; they are those of that commit too, in a private
    folder that goes with the context. Raises RevisionError where there is no such commit, ConfigError for what is wrong
    in the file.
    """
    revisions = find_revisions(root, ref)
    with tempfile.TemporaryDirectory(prefix="gitlint-ops-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        config = _config_at(root, revisions, folder)
        try:
            _write(root, revisions, [posixpath.normpath(path) for path in named(config)], folder)
        except GitError as error:
            raise RevisionError(
                f"the commit {revisions.short_base} cannot be read: {error.message}", "fetch the whole history"
            ) from error
        yield replace(config, base=TrustedBase(folder, revisions.base, revisions.prefix))


def _config_at(root: Path, revisions: Revisions, folder: Path) -> Config:
    name = f"{revisions.base}:{revisions.prefix}{CONFIG_NAME}"
    shown = f"{CONFIG_NAME} of {revisions.short_base}"
    size = git_text(root, "cat-file", "-s", name)
    if size is None:
        return Config()
    if int(size) > MAX_CONFIG_BYTES:
        raise ConfigError("the configuration file is over 1 MiB", shown)
    # Git says so for a symlink as well: its text, the path it leads to, is no configuration.
    text = os.fsencode(git_text(root, "cat-file", "blob", name) or "")
    return config_of(text.decode("utf-8", "replace"), shown, folder)


def _write(root: Path, revisions: Revisions, names: Collection[str], folder: Path) -> None:
    """Write the regular files of a commit that are, or lie below, one of ``names``."""
    wanted = [e for e in entries_of(root, revisions.base, revisions.prefix) if _is_named(e, names)]
    if sum(entry.size for entry in wanted) > MAX_BYTES:
        raise ConfigError(f"what the configuration names is over {MAX_BYTES // 2**20} MiB", CONFIG_NAME)
    with open_blobs(root) as blobs:
        for entry in wanted:
            file = folder / entry.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(blobs.read(entry.oid))


def _is_named(entry: Entry, names: Collection[str]) -> bool:
    if entry.mode in (LINK_MODE, SUBMODULE_MODE):
        return False
    return any(name in (".", entry.path) or entry.path.startswith(f"{name}/") for name in names)
