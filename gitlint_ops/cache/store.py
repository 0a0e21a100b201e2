"""The entries of the cache: sealed bytes in one SQLite file, bounded in size, safe with several processes."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from gitlint_ops.cache.seal import MAX_ENTRY_BYTES, DamagedError, name_and_key, seal, unseal

FILE_NAME = "results-1.sqlite"
"""The number is that of the format: a file of another one is another cache."""
_TABLES = (
    "CREATE TABLE salt (only INTEGER PRIMARY KEY CHECK (only = 1), value BLOB NOT NULL)",
    "CREATE TABLE entries (name BLOB PRIMARY KEY, sealed BLOB NOT NULL, used INTEGER NOT NULL)",
)
SALT_BYTES = 32
REMOTE_PREFIX = "remote-"
"""What the names of the folders begin with that hold the stores behind remote ones."""
_WAITING_BYTES = 16 * 1024 * 1024
"""So much waits in memory to be written at once."""
_BUSY_SECONDS = 5.0
"""How long another process that writes is waited for."""
_TOUCH_AFTER_SECONDS = 24 * 60 * 60
"""An entry that is used is marked as used at most so often."""
_KEPT_SHARE = 0.9
"""What is left of the limit when entries were deleted, so that not each run deletes some."""
_TAG_NAME = "CACHEDIR.TAG"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of gitlint-ops: it can be deleted.\n"
"""Tells backup programs that this need not be kept. Source: https://bford.info/cachedir/."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many entries there are, and the bytes of their file."""

    entries: int = 0
    size: int = 0


def files_in(folder: Path) -> tuple[Path, ...]:
    """Give all files that the cache of a folder may make, with their real paths."""
    folders = (folder, *folder.glob(f"{REMOTE_PREFIX}*"))
    names = (FILE_NAME, f"{FILE_NAME}-journal", _TAG_NAME)
    return tuple(place.resolve() / name for place in folders for name in names)


class Store:
    """The entries in ``folder``, of at most ``limit`` bytes together.

    A file that cannot be used is an empty one, and ``problem`` says what is wrong with it. Nothing is written before
    ``close``, or before much waits. With a ``salt``, which others share, a file with another one is damaged.
    """

    def __init__(self, folder: Path, limit: int, salt: bytes | None = None) -> None:
        self._shared_salt = salt
        self._made: list[bytes] = []
        self.folder = folder
        self.problem = ""
        self._limit = limit
        self._connection: sqlite3.Connection | None = None
        self._salt = b""
        self._waiting: dict[bytes, bytes] = {}
        self._waiting_bytes = 0
        self._touched: list[bytes] = []
        self._try(lambda: self._open() if self.file.exists() else None, None)

    @property
    def file(self) -> Path:
        """The file that all entries are in."""
        return self.folder / FILE_NAME

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that this may make, with their real paths."""
        return files_in(self.folder)

    def get(self, material: bytes) -> bytes | None:
        """Give what was put for this material, None where there is nothing. A damaged entry is deleted."""
        if self._connection is None:
            return None
        name, key = name_and_key(material, self._salt)
        sealed = self._waiting.get(name) or self._ask(lambda file: self._read(file, name), None)
        try:
            return unseal(sealed, name, key) if sealed else None
        except DamagedError:
            self._ask(lambda file: _delete(file, [name]), None)
            return None

    def put(self, material: bytes, data: bytes) -> None:
        """Keep bytes for this material, in place of those that were there. Once writing fails, nothing is kept."""
        if self._connection is None and not self.problem:
            self._try(self._create, None)
        if self._connection is None or len(data) > MAX_ENTRY_BYTES:
            return
        name, key = name_and_key(material, self._salt)
        self._waiting[name] = sealed = seal(data, name, key)
        self._made.append(name)
        self._waiting_bytes += len(sealed)
        if self._waiting_bytes > _WAITING_BYTES:
            self._ask(self._write, None)

    @property
    def is_shared(self) -> bool:
        """Whether others have entries with the same salt."""
        return self._shared_salt is not None

    def holds(self, name: bytes) -> bool:
        """Tell whether there is an entry of this name."""
        return self._ask(lambda file: self._read(file, name), None) is not None

    def adopt(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep entries, given by name and sealed bytes, that were sealed with the same salt; those here stay."""
        if self._connection is None and not self.problem:
            self._try(self._create, None)
        rows = [(name, sealed, int(time.time())) for name, sealed in entries]
        self._ask(lambda file: self._adopt(file, rows), None)

    def made(self) -> Iterator[tuple[bytes, bytes]]:
        """Give name and sealed bytes of what was put since this was opened."""
        if self._waiting:
            self._ask(self._write, None)
        for name in dict.fromkeys(self._made):
            sealed = self._ask(partial(self._read, name=name), None)
            if sealed:
                yield name, sealed

    def close(self) -> None:
        """Write what waits, and delete the entries that were not used for the longest time where all are too many."""
        if self._waiting or self._touched:
            self._ask(self._write, None)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def usage(self) -> Usage:
        """Count what is kept."""

        def count(file: sqlite3.Connection) -> Usage:
            return Usage(file.execute("SELECT count(*) FROM entries").fetchone()[0], self.file.stat().st_size)

        return self._ask(count, Usage())

    def clear(self) -> None:
        """Delete the file, and those behind remote stores. Raises OSError where that fails."""
        self._waiting.clear()
        self.close()
        for file in (self.file, *self.folder.glob(f"{REMOTE_PREFIX}*/{FILE_NAME}")):
            file.unlink(missing_ok=True)

    # Reading and writing

    def _read(self, file: sqlite3.Connection, name: bytes) -> bytes | None:
        row = file.execute("SELECT sealed, used FROM entries WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        if _is(int, row[1]) < time.time() - _TOUCH_AFTER_SECONDS:
            self._touched.append(name)
        return _is(bytes, row[0])

    def _adopt(self, file: sqlite3.Connection, rows: list[tuple[bytes, bytes, int]]) -> None:
        with file:
            _insert(file, rows, "IGNORE")
        self._trim(file)

    def _write(self, file: sqlite3.Connection) -> None:
        now = int(time.time())
        waiting, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        with file:
            rows = [(name, sealed, now) for name, sealed in waiting.items()]
            _insert(file, rows, "REPLACE")
            file.executemany("UPDATE entries SET used = ? WHERE name = ?", [(now, name) for name in self._touched])
        self._touched = []
        self._trim(file)

    def _trim(self, file: sqlite3.Connection) -> None:
        (total,) = file.execute("SELECT coalesce(sum(length(sealed)), 0) FROM entries").fetchone()
        if total <= self._limit:
            return
        oldest: list[bytes] = []
        for name, size in file.execute("SELECT name, length(sealed) FROM entries ORDER BY used"):
            if total <= self._limit * _KEPT_SHARE:
                break
            oldest.append(name)
            total -= size
        _delete(file, oldest)

    # The file

    def _ask(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Give what ``work`` does with the file, and ``otherwise`` where there is none or it fails."""
        connection = self._connection
        return self._try(lambda: work(connection), otherwise) if connection is not None else otherwise

    def _try(self, work: Callable[[], T], otherwise: T) -> T:
        """Give what ``work`` gives. Where it fails the file is not used again, and one that is damaged is deleted."""
        try:
            return work()
        except (OSError, sqlite3.Error, DamagedError) as error:
            self.problem = f"the cache in '{self.folder}' cannot be used: {_reason(error)}"
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if _is_damaged(error):
                with suppress(OSError):
                    self.file.unlink()
            return otherwise

    def _create(self) -> None:
        """Make the file, with a salt; of two processes that do so at once, the first one's is taken."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError), (self.folder / _TAG_NAME).open("x", encoding="ascii") as tag:
            tag.write(_TAG)
        with closing(sqlite3.connect(self.file, timeout=_BUSY_SECONDS)) as fresh, fresh:
            fresh.execute("PRAGMA auto_vacuum = FULL")
            fresh.execute("BEGIN IMMEDIATE")
            if not _tables(fresh):
                for table in _TABLES:
                    fresh.execute(table)
                fresh.execute("INSERT INTO salt VALUES (1, ?)", (self._shared_salt or secrets.token_bytes(SALT_BYTES),))
        self._open()

    def _open(self) -> None:
        """Open the file that is there. Raises DamagedError where it is none of ours: what it may define is not run."""
        self._connection = file = sqlite3.connect(self.file, timeout=_BUSY_SECONDS)
        file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ENTRY_BYTES)
        # A file that a power cut damages is deleted: that costs less than waiting for the disk in every run.
        file.execute("PRAGMA synchronous = OFF")
        tables = _tables(file)
        if not tables:
            # Another process is making it.
            file.close()
            self._connection = None
            return
        if tables != sorted(_TABLES):
            raise DamagedError
        row = file.execute("SELECT value FROM salt").fetchone()
        self._salt = _is(bytes, row[0]) if row else b""
        if len(self._salt) != SALT_BYTES or self._shared_salt not in (None, self._salt):
            raise DamagedError


def _is(kind: type[T], value: object) -> T:
    """Give a value of a column, of which SQLite does not hold to the type. Raises DamagedError for one of another."""
    if not isinstance(value, kind):
        raise DamagedError
    return value


def _tables(file: sqlite3.Connection) -> list[str]:
    """Give how all that is in a file was made: tables, views, triggers."""
    return sorted(str(row[0]) for row in file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))


def _insert(file: sqlite3.Connection, rows: list[tuple[bytes, bytes, int]], otherwise: str) -> None:
    file.executemany(f"INSERT OR {otherwise} INTO entries VALUES (?, ?, ?)", rows)  # noqa: S608 - ours


def _delete(file: sqlite3.Connection, names: list[bytes]) -> None:
    with file:
        file.executemany("DELETE FROM entries WHERE name = ?", [(name,) for name in names])


def _is_damaged(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, DamagedError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or "it is damaged"
