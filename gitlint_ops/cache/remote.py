"""A store of results that several machines share: any place that fsspec can write to, such as a bucket.

All that a run made anew is one object there, a pack, written once and never changed. A run takes the packs that it does
not have yet before it starts, and sends its own at its end: in between it asks nobody. The entries in a pack are sealed
as in the local cache (``gitlint_ops.cache.seal``), with the salt that lies beside the packs. So whatever a remote
gives costs time only: what does not fit is passed over.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from gitlint_ops.cache.seal import MAX_ENTRY_BYTES
from gitlint_ops.cache.store import REMOTE_PREFIX, SALT_BYTES, Store

NAME_BYTES = 32
MAX_PACK_BYTES = 256 * 1024 * 1024
"""A larger pack is not taken; of what a run made anew, the rest is not sent."""
MAX_PACKS = 500
"""So many packs are looked at, those of the newest names."""
OPEN_SECONDS, SEND_SECONDS = 30.0, 60.0
"""How long a run waits in all before it starts, and at its end."""
_MAGIC = b"gitlint-ops pack 1\n"
_HEAD = struct.Struct(f">{NAME_BYTES}sI")
Entry = tuple[bytes, bytes]
"""An entry's name, and its sealed bytes."""

T = TypeVar("T")


class RemoteError(Exception):
    """A remote store that nobody can use: the address is none, or what reads it is not installed."""


class Remote:
    """The store at an address of fsspec's (``s3://bucket/folder``, ``file:///shared/folder``).

    ``problem`` says what went wrong, '' where nothing did; from then on it is not asked any more. Raises RemoteError.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self.problem = ""
        try:
            from fsspec.core import url_to_fs

            self._files, path = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise RemoteError(str(error)) from error
        self._folder = str(path).rstrip("/")

    def salt(self) -> bytes | None:
        """Give the salt that all entries here are sealed with, None where there is none; the first writer makes it."""
        found: bytes | None = self._within(OPEN_SECONDS, self._salt, None)
        return found

    def packs(self, is_known: Callable[[str], bool], limit: int) -> Iterator[tuple[str, list[Entry]]]:
        """Give names and entries of the packs that are not known yet, the newest first, of ``limit`` bytes together."""
        ends = time.monotonic() + OPEN_SECONDS
        names: list[str] = self._within(OPEN_SECONDS, self._names, [])
        for name in names:
            if limit > 0 and not is_known(name):
                left = max(0.0, ends - time.monotonic())
                data: bytes = self._within(left, partial(self._read, f"packs/{name}", MAX_PACK_BYTES), b"")
                limit -= len(data)
                if data:
                    yield name, list(unpacked(data))

    def send(self, name: str, entries: Iterable[Entry]) -> None:
        """Write entries as a pack of this name, unless there are none."""
        data = packed(entries)
        if len(data) > len(_MAGIC) and not self.read_only:
            self._within(SEND_SECONDS, partial(self._write, f"packs/{name}", data), None)

    def _salt(self) -> bytes | None:
        try:
            found = self._read("salt", SALT_BYTES)
        except FileNotFoundError:
            if self.read_only:
                return None
            self._write("salt", secrets.token_bytes(SALT_BYTES))
            found = self._read("salt", SALT_BYTES)
        if len(found) != SALT_BYTES:
            raise ValueError("its salt is damaged")
        return found

    def _names(self) -> list[str]:
        try:
            listed = self._files.ls(f"{self._folder}/packs", detail=True, refresh=True)
        except FileNotFoundError:
            return []
        sizes = {str(item["name"]).rpartition("/")[2]: item.get("size") or 0 for item in listed}
        return sorted((name for name, size in sizes.items() if 0 < size <= MAX_PACK_BYTES), reverse=True)[:MAX_PACKS]

    def _read(self, name: str, limit: int) -> bytes:
        with self._files.open(f"{self._folder}/{name}", "rb") as file:
            data: bytes = file.read(limit + 1)
        return data if len(data) <= limit else b""

    def _write(self, name: str, data: bytes) -> None:
        path = f"{self._folder}/{name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        # Readers see the whole file or none.
        with self._files.transaction, self._files.open(path, "wb") as file:
            file.write(data)

    def _within(self, seconds: float, work: Callable[[], T], otherwise: T) -> T:
        """Give what ``work`` gives, ``otherwise`` where it fails or takes too long: libraries limit each step only."""
        if self.problem:
            return otherwise
        ended: list[T] = []
        failed: list[Exception] = []

        def run() -> None:
            try:
                ended.append(work())
            except Exception as error:  # noqa: BLE001 - each kind of remote has its own, and none may end the run
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(seconds)
        if ended:
            return ended[0]
        self.problem = _reason(failed[0]) if failed else f"no answer within {seconds:.0f} s"
        return otherwise


def _reason(error: Exception) -> str:
    """Name an error without its text, which may quote a signed address; ours and the system's have no such text."""
    if type(error) is ValueError:
        return str(error)
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def packed(entries: Iterable[Entry]) -> bytes:
    """Give entries as the bytes of a pack, as many as one may hold."""
    data = bytearray(_MAGIC)
    for name, sealed in entries:
        if len(data) + _HEAD.size + len(sealed) > MAX_PACK_BYTES:
            break
        data += _HEAD.pack(name, len(sealed)) + sealed
    return bytes(data)


def unpacked(data: bytes) -> Iterator[Entry]:
    """Give the entries of a pack, up to where it is damaged; none of what is no pack."""
    at = len(_MAGIC) if data.startswith(_MAGIC) else len(data)
    while at + _HEAD.size <= len(data):
        name, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if size > MAX_ENTRY_BYTES or at + size > len(data):
            return
        yield name, data[at : at + size]
        at += size


def open_shared(remote: Remote, folder: Path, limit: int) -> Store:
    """Open the local store behind a remote one, with its packs; that of ``folder`` itself where it has no salt."""
    salt = remote.salt()
    if salt is None:
        return Store(folder, limit)
    store = Store(folder / f"{REMOTE_PREFIX}{hashlib.sha256(salt).hexdigest()[:16]}", limit, salt)
    for name, entries in remote.packs(lambda name: store.holds(_mark(name)), limit):
        store.adopt([*entries, (_mark(name), b"")])
    return store


def send_made(remote: Remote, store: Store) -> None:
    """Send what this run put into a store that ``open_shared`` opened."""
    name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
    if store.is_shared:
        remote.send(name, store.made())
        store.adopt([(_mark(name), b"")])


def _mark(pack: str) -> bytes:
    """Give the name of the entry that tells that a pack was taken."""
    return hashlib.blake2b(pack.encode(), digest_size=NAME_BYTES, person=b"pack").digest()
