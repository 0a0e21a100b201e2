"""The configuration of a revision: what a pull request does not change, whatever is in it."""

from __future__ import annotations

import os
from pathlib import Path

from gitlint_ops.config import CONFIG_NAME, MAX_CONFIG_BYTES, Config, ConfigError, config_of
from gitlint_ops.source.git import git_text
from gitlint_ops.source.revisions import find_revisions


def config_at(root: Path, ref: str) -> Config:
    """Give the configuration that the merge base of ``ref`` and HEAD holds, the defaults where it holds none.

    Raises RevisionError where there is no such commit, ConfigError for what is wrong in the file.
    """
    revisions = find_revisions(root, ref)
    name = f"{revisions.base}:{revisions.prefix}{CONFIG_NAME}"
    shown = f"{CONFIG_NAME} of {revisions.short_base}"
    size = git_text(root, "cat-file", "-s", name)
    if size is None:
        return Config()
    if int(size) > MAX_CONFIG_BYTES:
        raise ConfigError("the configuration file is over 1 MiB", shown)
    # Git says so for a symlink as well: its text, the path it leads to, is no configuration.
    text = os.fsencode(git_text(root, "cat-file", "blob", name) or "")
    return config_of(text.decode("utf-8", "replace"), shown, root)
