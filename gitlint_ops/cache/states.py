"""What stands at a place now, as far as a reader of it can tell."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

MAX_DIGESTED_BYTES = 10 * 1024 * 1024
"""Of a larger file only its size counts: nothing that large is read."""
_BLOCK = 1024 * 1024
_FETCHED = ".gitlint-ops/unpacked/"
"""Where the engine shows what was fetched (``gitlint_ops.source.vendor.MOUNT``)."""


class Read(NamedTuple):
    """One access that a result depends on.

    Kinds: ``file`` (its content), ``link`` (where it leads, and to what), ``folder`` (its names), ``present`` and
    ``absent`` (what is there at all), ``named`` (which files of the tree have this name), ``tree`` (all below a
    folder, but for Git's own), ``today`` (the date). ``path`` is relative to the root, or absolute.
    """

    kind: str
    path: str = ""


class States:
    """What is at the places below a root. Each is looked at once: a later change is not seen."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._known: dict[Read, str] = {}
        self._names: dict[str, list[str]] | None = None

    def of(self, read: Read) -> str:
        """Give a text that is another one whenever this access would give something else."""
        known = self._known.get(read)
        if known is None:
            known = self._known[read] = self._look(read)
        return known

    def _look(self, read: Read) -> str:
        if read.kind == "today":
            return date.today().isoformat()
        if read.path.startswith(_FETCHED):
            # Its folder is named by the digest of what was verified and unpacked there.
            return read.path
        if read.kind == "named":
            return _digest("\n".join(self._files_named(read.path)).encode("utf-8", "surrogateescape"))
        # Strings, not Path: this is asked thousands of times a run.
        path = read.path if os.path.isabs(read.path) else f"{self._root}/{read.path}"  # noqa: PTH117
        try:
            return self._at(read.kind, path)
        except FileNotFoundError:
            return "absent"
        except (OSError, ValueError) as error:
            return f"unreadable {type(error).__name__}"

    def _at(self, kind: str, path: str) -> str:
        status = os.lstat(path)
        if kind == "folder" and stat.S_ISDIR(status.st_mode):
            return _digest("\n".join(sorted(_names(path))).encode("utf-8", "surrogateescape"))
        if kind == "tree" and stat.S_ISDIR(status.st_mode):
            return _digest("\n".join(_below(path)).encode("utf-8", "surrogateescape"))
        if kind in ("present", "absent") and stat.S_ISREG(status.st_mode):
            return f"file of {status.st_size}"
        return content(path, status)

    def _files_named(self, name: str) -> list[str]:
        """Give the places of all files of a name, in the whole tree but for Git's own folder."""
        if self._names is None:
            self._names = {}
            for folder, folders, files in os.walk(self._root):
                folders[:] = [item for item in folders if item != ".git"]
                for file in files:
                    self._names.setdefault(file, []).append(os.path.relpath(folder, self._root))
        return sorted(self._names.get(name, ()))


def content(path: str, status: os.stat_result) -> str:
    """Tell what is at a path that ``status`` is of: a digest for a file, where a link leads and what is there."""
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return f"file {_file_digest(path)}" if status.st_size <= MAX_DIGESTED_BYTES else f"file of {status.st_size}"
    if stat.S_ISLNK(mode):
        return f"link to {os.readlink(path)}: {_behind(path)}"  # noqa: PTH115 - as in States
    return "folder" if stat.S_ISDIR(mode) else "no file"


def _behind(link: str) -> str:
    try:
        status = os.stat(link)  # noqa: PTH116 - as in States
        return content(link, status) if stat.S_ISREG(status.st_mode) else content("", status)
    except OSError:
        return "nothing"


def _names(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield f"{entry.name}{'/' if entry.is_dir(follow_symlinks=False) else ''}"


def _below(folder: str) -> Iterable[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield os.path.relpath(parent, folder)
        for name in (*folders, *sorted(files)):
            path = os.path.join(parent, name)  # noqa: PTH118 - as in States
            yield f"{name} {content(path, os.lstat(path))}"


def _file_digest(path: str) -> str:
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        digest = hashlib.sha256()
        while block := os.read(file, _BLOCK):
            digest.update(block)
        return digest.hexdigest()
    finally:
        os.close(file)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
