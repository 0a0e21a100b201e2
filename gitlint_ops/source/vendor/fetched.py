"""What was fetched, unpacked for this run: the place of each artifact, and its files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.source.vendor.client import VendorClient
from gitlint_ops.source.vendor.lock import LOCK_NAME, Lock, VendorError, read_lock
from gitlint_ops.source.vendor.model import Locked, Remote

MOUNT = ".gitlint-ops/unpacked"
"""Where the engine shows the unpacked artifacts, relative to a repository's root (engine/internal/tree/mount.go)."""


def is_fetched(path: str) -> bool:
    """Tell whether a repository-relative path is of an artifact, not of the repository's own files."""
    return path.startswith(f"{MOUNT}/")


@dataclass(frozen=True)
class Fetched:
    """The artifacts at hand: ``folder`` holds one folder for each on the disk; None where nothing was fetched."""

    folder: Path | None = None
    places: Mapping[Remote, str] = field(default_factory=dict)
    """The repository-relative folder of each artifact, below MOUNT."""
    lock: Lock = field(default_factory=dict)
    stores: Sequence[Path] = ()
    """Where archives are looked for."""
    used: set[Remote] = field(default_factory=set)
    """What was asked for so far, and is here."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What was worked out once, by the root of the tree that it holds for."""

    def place(self, remote: Remote) -> str | None:
        """Give the folder of an artifact, None where it is not here."""
        if remote in self.places:
            self.used.add(remote)
        return self.places.get(remote)

    @cached_property
    def files(self) -> frozenset[str]:
        """Every file of every artifact, repository-relative."""
        if self.folder is None:
            return frozenset()
        return frozenset(
            f"{MOUNT}/{Path(parent, name).relative_to(self.folder).as_posix()}"
            for parent, _, names in os.walk(self.folder)
            for name in names
        )

    def on_disk(self, path: str) -> Path | None:
        """Give where a path of an artifact lies on the disk; None for any other path."""
        return self.folder / path.removeprefix(f"{MOUNT}/") if self.folder is not None and is_fetched(path) else None


NOTHING = Fetched()


@contextmanager
def open_fetched(lock: Lock, stores: Sequence[Path]) -> Iterator[Fetched]:
    """Unpack what is locked into a private folder that goes with the context, after verifying each digest.

    ``stores`` are the folders that may hold the archives, the first that has one counts. Raises VendorError for an
    archive that is not what the lock says, or is damaged.
    """
    archives = {key: found for key, entry in lock.items() if (found := _archive(entry, stores)) is not None}
    if not archives:
        yield Fetched(lock=lock, stores=stores)
        return
    with tempfile.TemporaryDirectory(prefix="gitlint-ops-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        _unpack({lock[key]: (key, archive) for key, archive in archives.items()}, folder)
        yield Fetched(folder, {key: f"{MOUNT}/{lock[key].folder}" for key in archives}, lock, stores)


@contextmanager
def open_beside(fetched: Fetched, root: Path, folder: str) -> Iterator[Fetched]:
    """Open what was fetched for another commit of the same repository, whose files are at ``root``.

    Its own lock file counts first, and so do the archives in its own ``folder``.
    """
    lock = {**fetched.lock, **read_lock(root)}
    if lock == fetched.lock:
        yield fetched
        return
    with open_fetched(lock, (root / folder, *fetched.stores)) as own:
        yield own


def _archive(entry: Locked, stores: Sequence[Path]) -> Path | None:
    """Find an archive; a symlink is none, as it may lead to a file of which nothing is to be told."""
    files = (store / entry.file for store in stores)
    return next((file for file in files if file.is_file() and not file.is_symlink()), None)


def _unpack(archives: Mapping[Locked, tuple[Remote, Path]], folder: Path) -> None:
    requests = [
        {
            "verb": "unpack",
            "archive": str(archive),
            "digest": entry.digest,
            "folder": str(folder / entry.folder),
            "strip": key.kind == "chart",
        }
        for entry, (key, archive) in archives.items()
    ]
    with VendorClient(folder) as client:
        answers = client.call_many(requests)
    for (key, archive), answer in zip(archives.values(), answers, strict=True):
        if isinstance(answer, EngineError):
            advice = f"delete {archive} and run 'gitlint-ops vendor'; where {LOCK_NAME} is wrong, restore it"
            raise VendorError(f"{key}: {answer.message}", advice)
