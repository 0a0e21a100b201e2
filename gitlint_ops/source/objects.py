"""What a commit holds, read from Git's objects."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gitlint_ops.source.git import GitError, git_stream, run_git

LINK_MODE = "120000"
SUBMODULE_MODE = "160000"
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_MAX_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit: its path (POSIX), mode, object id, and size in bytes (0 for a submodule)."""

    path: str
    mode: str
    oid: str
    size: int


def entries_of(folder: Path, commit: str, prefix: str = "") -> tuple[Entry, ...]:
    """Give the files of a commit below ``prefix``, their paths relative to it, in Git's order. Raises GitError."""
    arguments = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit]
    output = run_git(folder, "--literal-pathspecs", *arguments, *(["--", prefix] if prefix else []))
    return tuple(_entry(record, prefix) for record in output.split(b"\0") if record)


def _entry(record: bytes, prefix: str) -> Entry:
    facts, _, path = record.partition(b"\t")
    mode, _kind, oid, size = facts.decode("ascii").split()
    return Entry(os.fsdecode(path).removeprefix(prefix), mode, oid, int(size) if size.isdigit() else 0)


class Blobs:
    """The contents of blobs, one at a time, from one running ``git cat-file --batch``."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, oid: str) -> bytes:
        """Give a blob's bytes. Raises GitError where the clone lacks the object (a partial clone, a damaged one)."""
        request, answer = self._process.stdin, self._process.stdout
        if request is None or answer is None:
            raise GitError("git gives no objects")
        try:
            request.write(oid.encode("ascii") + b"\n")
            request.flush()
            header = answer.readline().split()
            if len(header) != 3 or header[1] != b"blob":
                raise GitError(f"this clone lacks the object {oid[:12]}")
            content = answer.read(int(header[2]))
            answer.read(1)
        except OSError as error:
            raise GitError("git ended while it gave objects") from error
        return content


@contextmanager
def open_blobs(folder: Path) -> Iterator[Blobs]:
    """Start a reader of blobs, which ends with the context. Raises GitError."""
    process = git_stream(folder, "cat-file", "--batch")
    try:
        yield Blobs(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        # The pipe broke with the process; there is nothing left to flush.
        return


def object_id(content: bytes, like: str) -> str:
    """Give the id that Git gives to a blob, by the same hash as the id ``like`` (SHA-1 or SHA-256)."""
    algorithm = "sha256" if len(like) == 64 else "sha1"
    digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def is_checkout_of(content: bytes, oid: str) -> bool:
    """Tell whether bytes of the work tree are this blob: as they are, or with the line ends that a checkout writes."""
    if object_id(content, oid) == oid:
        return True
    return b"\r\n" in content and object_id(content.replace(b"\r\n", b"\n"), oid) == oid


def is_lfs_pointer_to(pointer: bytes, content: bytes) -> bool:
    """Tell whether a blob is the Git LFS pointer to these bytes, which a checkout puts in its place."""
    if not pointer.startswith(_LFS) or len(pointer) > _LFS_MAX_BYTES:
        return False
    return b"oid sha256:" + hashlib.sha256(content).hexdigest().encode() in pointer
