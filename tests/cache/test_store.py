import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from gitlint_ops.cache.seal import DamagedError, name_and_key, seal, unseal
from gitlint_ops.cache.store import FILE_NAME, Store

MEGABYTE = 1024 * 1024
Edit = Callable[[sqlite3.Connection], object]


def kept(folder: Path, *pairs: tuple[bytes, bytes], limit: int = MEGABYTE) -> Path:
    store = Store(folder, limit)
    for material, data in pairs:
        store.put(material, data)
    store.close()
    assert store.problem == ""
    return folder / FILE_NAME


def change(file: Path, edit: Edit) -> None:
    connection = sqlite3.connect(file)
    with connection:
        edit(connection)
    connection.close()


def test_what_is_put_is_got_now_and_by_the_next_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache", MEGABYTE)
    assert store.get(b"a") is None
    store.put(b"a", b"one")
    store.put(b"b", b"")
    assert (store.get(b"a"), store.get(b"b"), store.get(b"c")) == (b"one", b"", None)
    store.close()
    again = Store(tmp_path / "cache", MEGABYTE)
    assert (again.get(b"a"), again.get(b"b"), again.get(b"c"), again.problem) == (b"one", b"", None, "")
    again.put(b"a", b"two")
    assert again.get(b"a") == b"two"
    again.close()


def test_nothing_is_made_before_something_is_put(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache", MEGABYTE)
    store.get(b"a")
    store.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_folder_is_the_users_alone(tmp_path: Path) -> None:
    kept(tmp_path / "cache", (b"a", b"one"))
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700


def test_neither_material_nor_data_is_in_the_file(tmp_path: Path) -> None:
    file = kept(tmp_path, (b"the question and the files", b"the answer " * 1000))
    data = file.read_bytes()
    assert b"question" not in data
    assert b"answer" not in data
    assert len(data) < 100_000


def test_the_same_data_in_two_caches_has_nothing_in_common(tmp_path: Path) -> None:
    rows = []
    for folder in ("one", "two"):
        file = kept(tmp_path / folder, (b"a", b"the answer"))
        change(file, lambda connection: rows.append(connection.execute("SELECT name, sealed FROM entries").fetchone()))
    assert rows[0][0] != rows[1][0]
    assert rows[0][1] != rows[1][1]


def test_an_entry_opens_for_its_own_name_and_key_alone() -> None:
    name, key = name_and_key(b"a", b"salt")
    other_name, other_key = name_and_key(b"b", b"salt")
    sealed = seal(b"data", name, key)
    assert unseal(sealed, name, key) == b"data"
    for wrong in ((sealed, other_name, key), (sealed, name, other_key), (sealed[:-1], name, key), (b"", name, key)):
        with pytest.raises(DamagedError):
            unseal(*wrong)


@pytest.mark.parametrize(
    "edit",
    [
        lambda connection: connection.execute("UPDATE entries SET sealed = zeroblob(100)"),
        lambda connection: connection.execute("UPDATE entries SET sealed = substr(sealed, 1, 20)"),
    ],
    ids=["other", "cut"],
)
def test_a_damaged_entry_is_a_miss_and_goes(edit: Edit, tmp_path: Path) -> None:
    change(kept(tmp_path, (b"a", b"one")), edit)
    store = Store(tmp_path, MEGABYTE)
    assert (store.get(b"a"), store.problem, store.usage().entries) == (None, "", 0)
    store.put(b"a", b"two")
    assert store.get(b"a") == b"two"
    store.close()


@pytest.mark.parametrize(
    "edit",
    [
        lambda connection: connection.execute("UPDATE entries SET sealed = 'text'"),
        lambda connection: connection.execute("UPDATE entries SET used = 'never'"),
        lambda connection: connection.execute("UPDATE salt SET value = 5"),
        lambda connection: connection.execute("UPDATE salt SET value = zeroblob(65)"),
        lambda connection: connection.execute("DELETE FROM salt"),
        lambda connection: connection.execute("DROP TABLE salt"),
        lambda connection: connection.execute("CREATE TRIGGER t AFTER UPDATE ON entries BEGIN DELETE FROM salt; END"),
        lambda connection: connection.executescript(
            "DROP TABLE entries; CREATE VIEW entries AS WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT 1 FROM n) "
            "SELECT name, name AS sealed, name AS used FROM n"
        ),
    ],
    ids=["a text", "no time", "no salt", "a long salt", "an empty table", "no table", "a trigger", "an endless view"],
)
def test_a_file_of_another_make_is_deleted_unread(edit: Edit, tmp_path: Path) -> None:
    file = kept(tmp_path, (b"a", b"one"))
    change(file, edit)
    store = Store(tmp_path, MEGABYTE)
    assert store.get(b"a") is None
    assert store.problem == f"the cache in '{tmp_path}' cannot be used: it is damaged"
    assert not file.exists()
    store.put(b"a", b"two")
    store.close()
    assert not file.exists()
    kept(tmp_path, (b"a", b"three"))


@pytest.mark.parametrize("content", [b"", b"no database at all, whatever its name says" * 100])
def test_what_is_no_database_is_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    Store(tmp_path, MEGABYTE).close()
    kept(tmp_path, (b"a", b"one"))


def test_a_file_damaged_within_loses_what_it_had(tmp_path: Path) -> None:
    file = kept(tmp_path, *((bytes([number]), os.urandom(3000)) for number in range(50)))
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(data)
    store = Store(tmp_path, MEGABYTE)
    assert [store.get(bytes([number])) for number in range(50)] == [None] * 50
    store.close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom modes keep out")
def test_a_folder_that_cannot_be_written_is_a_cache_to_read(tmp_path: Path) -> None:
    kept(tmp_path / "cache", (b"a", b"one"))
    (tmp_path / "cache" / FILE_NAME).chmod(0o400)
    (tmp_path / "cache").chmod(0o500)
    store = Store(tmp_path / "cache", MEGABYTE)
    assert store.get(b"a") == b"one"
    store.put(b"b", b"two")
    store.close()
    assert store.problem == f"the cache in '{tmp_path / 'cache'}' cannot be used: attempt to write a readonly database"


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "cache", MEGABYTE)
    store.put(b"a", b"one")
    assert store.get(b"a") is None
    store.close()
    assert store.problem == f"the cache in '{tmp_path / 'file' / 'cache'}' cannot be used: Not a directory"


def test_what_was_not_used_for_the_longest_time_goes_first(tmp_path: Path) -> None:
    data = [os.urandom(10_000) for _ in range(10)]
    file = kept(tmp_path, *((bytes([number]), item) for number, item in enumerate(data)))
    salt = sqlite3.connect(file).execute("SELECT value FROM salt").fetchone()[0]
    for number in range(10):
        name = name_and_key(bytes([number]), salt)[0]
        used = int(time.time()) - 1_000_000 + number
        change(
            file, lambda c, used=used, name=name: c.execute("UPDATE entries SET used = ? WHERE name = ?", (used, name))
        )
    store = Store(tmp_path, 100_000)
    assert store.get(bytes([0])) == data[0]
    store.put(b"new", os.urandom(10_000))
    store.close()
    left = Store(tmp_path, 100_000)
    there = [number for number in range(10) if left.get(bytes([number])) is not None]
    assert there == [0, 4, 5, 6, 7, 8, 9]
    assert left.get(b"new") is not None
    assert left.usage().size < 120_000
    left.close()


def test_many_entries_are_written_before_the_end(tmp_path: Path) -> None:
    store = Store(tmp_path, 100 * MEGABYTE)
    data = os.urandom(9 * MEGABYTE)
    store.put(b"a", data)
    assert store.usage().entries == 0
    store.put(b"b", data)
    assert store.usage().entries == 2
    assert store.get(b"a") == data
    store.close()


def _work(folder: str, process: int) -> str:
    store = Store(Path(folder), MEGABYTE)
    for number in range(50):
        store.put(f"{process} {number}".encode(), b"x" * 100)
        store.get(f"{(process + 1) % 4} {number}".encode())
    store.close()
    return store.problem


def test_several_processes_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert list(pool.map(_work, [str(tmp_path)] * 4, range(4))) == [""] * 4
    store = Store(tmp_path, MEGABYTE)
    assert all(store.get(f"{process} {number}".encode()) for process in range(4) for number in range(50))
    store.close()


def test_the_file_can_go_at_any_time(tmp_path: Path) -> None:
    kept(tmp_path, (b"a", b"one"))
    store = Store(tmp_path, MEGABYTE)
    if sys.platform != "win32":
        (tmp_path / FILE_NAME).unlink()
    store.put(b"b", b"two")
    assert store.get(b"b") == b"two"
    store.close()
    kept(tmp_path, (b"c", b"three"))


def test_clear_deletes_everything(tmp_path: Path) -> None:
    file = kept(tmp_path, (b"a", b"one"))
    store = Store(tmp_path, MEGABYTE)
    assert store.usage().entries == 1
    store.clear()
    assert not file.exists()
    Store(tmp_path, MEGABYTE).clear()


@pytest.mark.skipif(sys.platform == "win32", reason="needs symlinks")
def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "other").write_text("mine")
    for name in ("CACHEDIR.TAG", FILE_NAME):
        (tmp_path / "cache" / name).symlink_to(tmp_path / "other")
    Store(tmp_path / "cache", MEGABYTE).close()
    kept(tmp_path / "cache", (b"a", b"one"))
    assert (tmp_path / "other").read_text() == "mine"
