"""Writes changed files: all of them or none, each in one step, and only what is still as it was read."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gitlint_ops.fix.model import FileChange


class WriteError(Exception):
    """Nothing was written: the message says which file stands in the way, and why."""


def write(root: Path, changes: Sequence[FileChange]) -> None:
    """Write the changes below ``root``; each file keeps its mode.

    Raises WriteError, with every file as it was, where one changed since it was read, is reached through a symlink, is
    no regular file, or cannot be written.
    """
    for change in changes:
        _check(root, change)
    done: list[FileChange] = []
    try:
        for change in changes:
            _replace(root / change.path, change.after)
            done.append(change)
    except OSError as error:
        for change in done:
            _replace(root / change.path, change.before)
        raise WriteError(f"'{changes[len(done)].path}' cannot be written: {error.strerror}") from error


def _check(root: Path, change: FileChange) -> None:
    path = root / change.path
    try:
        if path.resolve(strict=True) != root.resolve() / change.path:
            raise WriteError(f"'{change.path}' is reached through a symlink")
        if not stat.S_ISREG(path.lstat().st_mode):
            raise WriteError(f"'{change.path}' is not a regular file")
        if path.read_bytes() != change.before:
            raise WriteError(f"'{change.path}' changed while it was checked")
    except OSError as error:
        raise WriteError(f"'{change.path}' cannot be read: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    """Put a file with the mode of the old one in its place. Raises OSError; no part of it is left behind then."""
    mode = stat.S_IMODE(path.stat().st_mode)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".gitlint-ops-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.chmod(mode)
        part.replace(path)
    except BaseException:
        # A signal, too, leaves nothing half written.
        part.unlink(missing_ok=True)
        raise
