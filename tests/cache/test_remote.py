from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fsspec.core import url_to_fs

from gitlint_ops.cache import remote as module
from gitlint_ops.cache.remote import Entry, Remote, RemoteError, open_shared, packed, send_made, unpacked
from gitlint_ops.cache.store import SALT_BYTES, Store

MEGABYTE = 1024 * 1024
Place = str


@pytest.fixture(scope="module")
def bucket() -> Iterator[Place]:
    """A bucket of an S3 server on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "none")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        url_to_fs("s3://kept")[0].mkdir("kept")
        yield "s3://kept/one"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "file":
        return (tmp_path / "remote").as_uri()
    return f"{request.getfixturevalue('bucket')}-{tmp_path.name}"


def machine(url: Place, folder: Path, *pairs: tuple[bytes, bytes], read_only: bool = False) -> tuple[Remote, Store]:
    """Do a run of one machine, whose local cache is in ``folder``; give the remote and the store, open again."""
    remote = Remote(url, read_only=read_only)
    store = open_shared(remote, folder, MEGABYTE)
    for material, data in pairs:
        store.put(material, data)
    send_made(remote, store)
    return remote, store


def edit(url: Place, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change the remote's files whose path ends so."""
    files, path = url_to_fs(url)
    for file in files.find(path):
        if name in file:
            files.pipe_file(file, change(files.cat_file(file)))


def test_another_machine_gets_what_one_has_put(url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"), (b"b", b""))
    remote, store = machine(url, tmp_path / "b", (b"c", b"three"))
    assert (store.get(b"a"), store.get(b"b"), store.get(b"d"), remote.problem) == (b"one", b"", None, "")
    assert machine(url, tmp_path / "a")[1].get(b"c") == b"three"
    assert machine(url, tmp_path / "c")[1].get(b"a") == b"one"


def test_a_pack_is_taken_once_and_one_with_nothing_new_is_not_sent(url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"))
    machine(url, tmp_path / "b")
    edit(url, "packs/", lambda _: b"no pack any more")
    remote, store = machine(url, tmp_path / "b")
    assert (store.get(b"a"), remote.problem) == (b"one", "")
    files, path = url_to_fs(url)
    assert len(files.ls(f"{path}/packs", refresh=True)) == 1


def test_who_only_reads_sends_nothing(url: Place, tmp_path: Path) -> None:
    remote, store = machine(url, tmp_path / "a", (b"a", b"one"), read_only=True)
    assert (store.is_shared, remote.problem) == (False, "")
    files, path = url_to_fs(url)
    assert not files.exists(path)
    machine(url, tmp_path / "b", (b"a", b"two"))
    _, store = machine(url, tmp_path / "c", (b"b", b"three"), read_only=True)
    assert store.get(b"a") == b"two"
    assert machine(url, tmp_path / "d")[1].get(b"b") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[:-1] + b"x",
        lambda _: b"",
        lambda data: b"\xff" + data,
        lambda data: data * 9,
    ],
    ids=["cut", "altered", "empty", "no pack", "repeated"],
)
def test_a_damaged_pack_gives_nothing_false(change: Callable[[bytes], bytes], url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"))
    edit(url, "packs/", change)
    remote, store = machine(url, tmp_path / "b")
    assert store.get(b"a") in (b"one", None)
    assert (remote.problem, store.problem) == ("", "")


def test_entries_under_names_that_are_not_theirs_are_not_believed(url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"), (b"b", b"two"))

    def swapped(data: bytes) -> bytes:
        (first, one), (second, two) = unpacked(data)
        return packed([(first, two), (second, one)])

    edit(url, "packs/", swapped)
    _, store = machine(url, tmp_path / "b")
    assert (store.get(b"a"), store.get(b"b")) == (None, None)


def test_a_damaged_salt_leaves_the_local_cache(url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"))
    edit(url, "salt", lambda salt: salt[:-1])
    remote, store = machine(url, tmp_path / "b", (b"a", b"two"))
    assert (remote.problem, store.is_shared, store.get(b"a")) == ("its salt is damaged", False, b"two")


def test_another_salt_is_another_cache(url: Place, tmp_path: Path) -> None:
    machine(url, tmp_path / "a", (b"a", b"one"))
    edit(url, "salt", lambda _: bytes(SALT_BYTES))
    remote, store = machine(url, tmp_path / "a", (b"b", b"two"))
    assert (remote.problem, store.get(b"a"), store.get(b"b")) == ("", None, b"two")


def test_a_remote_that_falls_silent_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.2)
    remote = Remote(tmp_path.as_uri())
    monkeypatch.setattr(remote, "_salt", lambda: time.sleep(30))
    start = time.monotonic()
    store = open_shared(remote, tmp_path / "a", MEGABYTE)
    store.put(b"a", b"one")
    send_made(remote, store)
    assert time.monotonic() - start < 10
    assert (remote.problem, store.get(b"a")) == ("no answer within 0 s", b"one")


def test_a_remote_that_is_down_is_named_without_what_its_library_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        remote = Remote(f"http://127.0.0.1:{unused.getsockname()[1]}/secret")
        assert not open_shared(remote, tmp_path, MEGABYTE).is_shared
    assert remote.problem
    assert "secret" not in remote.problem


@pytest.mark.parametrize("url", ["nothing://a/b", "nothing::s3://a"])
def test_an_address_of_nothing_is_refused(url: str) -> None:
    with pytest.raises(RemoteError, match="Protocol not known: nothing"):
        Remote(url)


@pytest.mark.parametrize("entries", [[], [(b"n" * 32, b"x"), (b"m" * 32, b"")]])
def test_a_pack_holds_its_entries(entries: list[Entry]) -> None:
    assert list(unpacked(packed(entries))) == entries


def test_a_pack_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PACK_BYTES", 100)
    assert len(list(unpacked(packed([(b"n" * 32, b"x" * 20)] * 9)))) == 1
