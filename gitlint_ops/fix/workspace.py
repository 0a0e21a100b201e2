"""A temporary copy of the repository in which fixes are tried: the user's files are not touched before the proof."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from gitlint_ops.fix.model import FileChange
from gitlint_ops.fix.text import EditError
from gitlint_ops.lint.excerpts import lines_of_secrets
from gitlint_ops.lint.model import Finding
from gitlint_ops.lint.redaction import names_credential
from gitlint_ops.source import SourceTree
from gitlint_ops.source.listing import files_on_disk

MAX_FILES = 200_000
MAX_BYTES = 2 * 1024**3
"""How many files, and how many bytes where they cannot be linked, a copy may have."""


class WorkspaceError(Exception):
    """The repository cannot be copied: the message says why."""


class Workspace:
    """A copy of a repository's folder, gone with the context. ``root`` is the copy's.

    Files are hard links where the disk allows it, and files that a fix changes are never written in place: what a link
    shares with the user's file stays as it is.
    """

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._source = tree.root
        # The folder keeps its name: a repository without remotes is known by it.
        self._folder = tempfile.TemporaryDirectory(prefix="gitlint-ops-fix-", ignore_cleanup_errors=True)
        self.root = Path(self._folder.name) / (tree.root.name or "root")
        self._originals: dict[str, bytes] = {}
        self._current: dict[str, bytes] = {}
        self._copied = 0
        self._real: dict[str, bool] = {}

    def __enter__(self) -> Self:
        try:
            self._fill()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the copy."""
        self._folder.cleanup()

    def _fill(self) -> None:
        self.root.mkdir()
        names = dict.fromkeys((*self._tree.files, *files_on_disk(self._source)))
        if len(names) > MAX_FILES:
            raise WorkspaceError(f"the repository has over {MAX_FILES:,} files")
        plain = [name for name in names if self._is_in_real_folder(name)]
        links = [name for name in plain if not self._bring(name)]
        # Last: a file that is listed below what is a link by now must not be written through it.
        for name in links:
            self._bring_link(self._source / name, self.root / name)

    def _is_in_real_folder(self, name: str) -> bool:
        """Whether no folder above a file is a symlink: what lies behind one is in the copy through the same link."""
        above = name.rpartition("/")[0]
        if above not in self._real:
            self._real[above] = (self._source / above).resolve() == self._source.resolve() / above
        return self._real[above]

    def _bring(self, name: str) -> bool:
        """Link or copy one file; False for a symlink, which is left for later.

        What cannot be read was reported when it was checked, and the copy lacks it too.
        """
        source, target = self._source / name, self.root / name
        try:
            status = source.lstat()
        except OSError:
            return True
        if stat.S_ISREG(status.st_mode):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._bring_file(source, target, status.st_size)
        return not stat.S_ISLNK(status.st_mode)

    def _bring_file(self, source: Path, target: Path, size: int) -> None:
        try:
            os.link(source, target)
        except OSError:
            self._copied += size
            if self._copied > MAX_BYTES:
                raise WorkspaceError(f"the repository has over {MAX_BYTES // 1024**3} GiB") from None
            _copy(source, target)

    def _bring_link(self, source: Path, target: Path) -> None:
        """Repeat a symlink; one with an absolute path into the repository leads to the same place in the copy."""
        target.parent.mkdir(parents=True, exist_ok=True)
        aim = source.readlink()
        if aim.is_absolute() and aim.is_relative_to(self._source):
            aim = self.root / aim.relative_to(self._source)
        try:
            target.symlink_to(aim)
        except OSError:
            # Windows lets only some users make links.
            if source.is_file():
                _copy(source, target)

    # The files that fixes change

    def original(self, path: str) -> bytes:
        """Give a file as the user has it. Raises EditError where it cannot be changed: a link, or not readable."""
        if path not in self._originals:
            file = self._source / path
            if file.resolve() != self._source.resolve() / path:
                raise EditError("the file is reached through a symlink")
            try:
                data = file.read_bytes()
            except OSError as error:
                raise EditError(f"the file cannot be read: {error.strerror}") from error
            if self._tree.read(path).digest not in ("", hashlib.sha256(data).hexdigest()):
                raise EditError("the file changed after it was read")
            self._originals[path] = data
        return self._originals[path]

    def change(self, path: str, text: bytes, findings: Iterable[Finding]) -> FileChange:
        """Give the change of a file, with those of its lines that may hold a secret by ``findings`` or their names."""
        lines = self._tree.lines(path)
        numbers = lines_of_secrets(findings, path, self._tree)
        found = (line.strip() for at, line in enumerate(lines, 1) if at in numbers or names_credential(line))
        # A key alone tells nothing, and may stand elsewhere too.
        hidden = frozenset(text for text in found if text and not text.endswith(":"))
        return FileChange(path, self._originals[path], text, hidden)

    def put(self, texts: Mapping[str, bytes]) -> None:
        """Make the copy the repository with these files changed, and no others."""
        wanted = {path: self._originals[path] for path in self._current} | dict(texts)
        for path, text in wanted.items():
            if self._current.get(path, self._originals[path]) != text:
                target = self.root / path
                target.unlink(missing_ok=True)
                target.write_bytes(text)
        self._current = dict(texts)


def _copy(source: Path, target: Path) -> None:
    try:
        data = source.read_bytes()
    except OSError:
        # Unreadable for us, as it was for the check.
        return
    target.write_bytes(data)
