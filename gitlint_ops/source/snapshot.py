"""The files of a commit in a private temporary folder, beside the work tree and without touching it.

Git's objects are written as they are: no checkout, so no filter, no hook and no ``.gitattributes`` has a say. A file
that did not change is copied from the work tree, so that both sides have the line ends and the Git LFS content that
the checkout gave it.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from gitlint_ops.source.git import GitError, git_text
from gitlint_ops.source.listing import Listing, folder_links, is_excluded
from gitlint_ops.source.model import Problem, Span
from gitlint_ops.source.objects import (
    LINK_MODE,
    SUBMODULE_MODE,
    Blobs,
    Entry,
    entries_of,
    is_checkout_of,
    is_lfs_pointer_to,
    open_blobs,
)
from gitlint_ops.source.renames import find_renames
from gitlint_ops.source.revisions import RevisionError, Revisions
from gitlint_ops.source.submodules import SubmoduleChange, is_checked_out, submodule_changes, submodule_problem

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A larger file of the base commit is left out, and said to be."""
MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024
"""A base commit that changed more than this is not compared."""
MAX_LINK_BYTES = 4096
_MAX_SUBMODULE_DEPTH = 5
_UNSAFE_PART = re.compile(r"^(?:|\.\.?|\.git)$|[\0\\:]" if os.name == "nt" else r"^(?:|\.\.?|\.git)$|\0", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit's files in ``root``, how they are listed, and how the work tree differs from them."""

    root: Path
    listing: Listing
    changed: frozenset[str]
    """Files of either side, those of submodules too, that are not the same on both: added, removed, or edited."""
    renames: Mapping[str, str]
    """For each file that was moved: its old path to its new one."""
    links_changed: bool = False
    """Whether a symlink differs, so that unchanged paths may lead to changed files."""
    links: frozenset[str] = frozenset()
    """The commit's symlinks."""
    submodules: tuple[SubmoduleChange, ...] = ()
    """The submodules that are at another commit."""


@contextmanager
def take_snapshot(root: Path, revisions: Revisions, head: Listing, exclude: Iterable[str]) -> Iterator[Snapshot]:
    """Write the base commit's files into a folder that only this user can read, and that goes with the context.

    ``head`` is what the work tree holds. Raises RevisionError where objects are lacking or the commit is too large.
    """
    with tempfile.TemporaryDirectory(prefix="gitlint-ops-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve() / "base"
        folder.mkdir(mode=0o700)
        writer = _Writer(root, folder, head, tuple(exclude))
        try:
            writer.write(revisions)
        except GitError as error:
            raise RevisionError(
                f"the commit {revisions.short_base} cannot be read: {error.message}",
                "fetch the whole history ('git fetch --refetch origin' in a partial clone), then run it again",
            ) from error
        yield writer.result(Path(name).resolve())


@dataclass(slots=True)
class _Writer:
    """Writes one commit, and notes on the way what the work tree has otherwise."""

    source: Path
    folder: Path
    head: Listing
    exclude: tuple[str, ...]
    files: list[str] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    links: list[tuple[str, str]] = field(default_factory=list)
    submodules: dict[str, str] = field(default_factory=dict)
    """The commit's submodules, with the commits that they are at."""
    written: set[str] = field(default_factory=set)
    """Those of them whose content is written too."""
    budget: int = MAX_TOTAL_BYTES

    def write(self, revisions: Revisions) -> None:
        entries = [e for e in entries_of(self.source, revisions.base, revisions.prefix) if self._is_wanted(e)]
        there = frozenset(self.head.files)
        with open_blobs(self.source) as blobs:
            for entry in entries:
                self._write_entry(entry, blobs, there)
        for entry in entries:
            if entry.mode == SUBMODULE_MODE:
                self.submodules[entry.path] = entry.oid
                self._write_submodule(entry.path, self.source / entry.path, entry.oid, 1)
                self._skip("unreadable", entry.path, submodule_problem(self.source / entry.path))
        self._copy_vendored(there)
        self._write_links()
        self.changed.update(there - {e.path for e in entries if e.mode != SUBMODULE_MODE})

    def _is_wanted(self, entry: Entry) -> bool:
        return not is_excluded(entry.path, self.exclude) and self._is_safe(entry.path)

    def _is_safe(self, path: str) -> bool:
        """Whether a path of a tree object stays below the folder; Git's own tools never write others."""
        if not any(_UNSAFE_PART.search(part) for part in path.split("/")):
            return True
        self._skip("outside-root", path, "is a path that leaves the repository")
        return False

    def _skip(self, kind: str, path: str, why: str) -> None:
        self.skipped.append(Problem(kind, Span(path, 1), f"'{path}' {why}"))  # type: ignore[arg-type]

    def _write_entry(self, entry: Entry, blobs: Blobs, there: frozenset[str]) -> None:
        if entry.mode == SUBMODULE_MODE:
            return
        if entry.size > (MAX_LINK_BYTES if entry.mode == LINK_MODE else MAX_FILE_BYTES):
            self._skip("too-large", entry.path, f"is over {MAX_FILE_BYTES // 1024 // 1024} MiB in the base commit")
            self.changed.add(entry.path)
            return
        if entry.mode == LINK_MODE:
            self._note_link(entry, os.fsdecode(blobs.read(entry.oid)))
            return
        self._write_content(entry, blobs, there)
        self.files.append(entry.path)

    def _write_content(self, entry: Entry, blobs: Blobs, there: Container[str]) -> None:
        content = self._unchanged(entry, blobs) if entry.path in there else None
        if content is None:
            self.changed.add(entry.path)
            content = self._read(entry, blobs)
        self._put(entry.path, content)

    def _read(self, entry: Entry, blobs: Blobs) -> bytes:
        self.budget -= entry.size
        if self.budget < 0:
            raise RevisionError(
                f"the base commit holds over {MAX_TOTAL_BYTES // 1024**3} GiB that changed since",
                "compare with a nearer revision, or leave folders out with 'exclude:' in the configuration",
            )
        return blobs.read(entry.oid)

    def _unchanged(self, entry: Entry, blobs: Blobs) -> bytes | None:
        """Give what the work tree has of a blob, None where it has another content."""
        file = self.source / entry.path
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
                return None
            content = file.read_bytes()
        except OSError:
            # What cannot be read there is reported as a problem of the work tree; the base commit's content stands.
            return None
        if is_checkout_of(content, entry.oid):
            return content
        return content if entry.size < MAX_LINK_BYTES and is_lfs_pointer_to(blobs.read(entry.oid), content) else None

    def _put(self, path: str, content: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.write(content)

    # Links

    def _note_link(self, entry: Entry, target: str) -> None:
        """Keep a symlink for later: while files are written there is none, so that nothing is written through one."""
        here = self.source / entry.path
        if not here.is_symlink() or str(here.readlink()) != target:
            self.changed.add(entry.path)
        self.links.append((entry.path, target))

    def _write_links(self) -> None:
        made = [path for path, target in self.links if self._link(path, target)]
        for path in made:
            self._settle(path)

    def _link(self, path: str, target: str) -> bool:
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if posixpath.isabs(target) or inside == ".." or inside.startswith("../"):
            self._skip("outside-root", path, "is a symlink that leaves the repository")
            return False
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            file.symlink_to(target)
        except OSError:
            # No right to make symlinks, as on Windows: Git writes the target as a text there.
            self._put(path, os.fsencode(target))
        return True

    def _settle(self, path: str) -> None:
        """List a link that leads to a file, and take away one that leaves the folder by way of other links."""
        file = self.folder / path
        try:
            target = file.resolve(strict=True)
        except (OSError, RuntimeError):
            self._skip("unreadable", path, "is a symlink that leads nowhere")
            return
        if not target.is_relative_to(self.folder):
            file.unlink()
            self._skip("outside-root", path, "is a symlink that leaves the repository")
        elif target.is_file():
            self.files.append(path)

    # What the commit only refers to

    def _write_submodule(self, path: str, source: Path, commit: str, depth: int) -> None:
        """Write the files of a submodule's commit, where its clone is here: units may read them, rules do not."""
        if depth > _MAX_SUBMODULE_DEPTH or not is_checked_out(source):
            return
        listed = git_text(source, "ls-files", "-z", "--cached", "--others", "--exclude-standard") or ""
        there = {f"{path}/{name}" for name in listed.split("\0") if name}
        if git_text(source, "cat-file", "-e", f"{commit}^{{commit}}") is None:
            self.changed |= there
            return
        self.written.add(path)
        entries = [replace(entry, path=f"{path}/{entry.path}") for entry in entries_of(source, commit)]
        entries = [entry for entry in entries if self._is_safe(entry.path)]
        with open_blobs(source) as blobs:
            for entry in entries:
                if entry.mode not in (LINK_MODE, SUBMODULE_MODE) and entry.size <= MAX_FILE_BYTES:
                    self._write_content(entry, blobs, there)
        self.changed |= there - {entry.path for entry in entries}
        for entry in entries:
            if entry.mode == SUBMODULE_MODE:
                self._write_submodule(entry.path, self.source / entry.path, entry.oid, depth + 1)

    def _copy_vendored(self, there: frozenset[str]) -> None:
        """Copy the chart dependencies that Git ignores: no commit has them, and the work tree renders by them."""
        arguments = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", ":(glob)**/charts/**")
        for path in (git_text(self.source, *arguments) or "").split("\0"):
            file = self.source / path
            if not path or path in there or not self._is_safe(path) or file.is_symlink() or not file.is_file():
                continue
            target = self.folder / path
            if not target.exists() and file.stat().st_size <= MAX_FILE_BYTES:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target, follow_symlinks=False)

    def result(self, work: Path) -> Snapshot:
        listed = Listing(
            tuple(sorted(self.files)), tuple(self.skipped), self.head.is_git, self.head.remotes, self.head.branch
        )
        before, after = frozenset(listed.files), frozenset(self.head.files)
        renames = find_renames(self.folder, before - after, self.source, after - before, work)
        links_changed = self._links_changed()
        links = frozenset(path for path, _ in self.links)
        submodules = submodule_changes(self.source, self.submodules, self.written)
        return Snapshot(self.folder, listed, frozenset(self.changed), renames, links_changed, links, submodules)

    def _links_changed(self) -> bool:
        """Whether a symlink, to a file or a folder, is on one side only or leads elsewhere."""
        if set(folder_links(self.source, self.head.files)) - {path for path, _ in self.links}:
            return True
        return any((self.source / path).is_symlink() or (self.folder / path).is_symlink() for path in self.changed)
