"""What was fetched is verified, unpacked, and there for the tree and the engine; no list of files has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.source import open_tree
from gitlint_ops.source.vendor import MOUNT, Locked, VendorError, open_beside, open_fetched, remote, write_lock
from tests.remote_servers import chart, packed

Write = Callable[[Mapping[str, str]], Path]
WEB = remote("chart", "https://example.com/charts", "web", "1.0.0")
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def locked(store: Path, name: str, archive: bytes) -> Locked:
    """Put an archive into a store, and give its entry of a lock."""
    store.mkdir(exist_ok=True)
    (store / name).write_bytes(archive)
    return Locked(name, f"sha256:{hashlib.sha256(archive).hexdigest()}")


def test_the_tree_and_the_engine_see_it(write: Write, tmp_path: Path) -> None:
    root = write({"a.yaml": "a: 1\n"})
    lock = {WEB: locked(tmp_path / "store", "web-1.0.0-00.tgz", chart("web", "1.0.0", {"all.yaml": TEMPLATE}))}
    with (
        open_fetched(lock, [tmp_path / "nowhere", tmp_path / "store"]) as fetched,
        EngineClient(root, fetched=fetched.folder) as engine,
    ):
        place = fetched.place(WEB)
        assert place == f"{MOUNT}/web-1.0.0-00"
        tree = open_tree(root, engine, Config(), fetched)
        assert (tree.files, tree.yaml_files, tree.folders()) == (("a.yaml",), ("a.yaml",), (".",))
        assert tree.children(place) == ("Chart.yaml",)
        assert tree.subfolders(place) == ("templates",)
        assert tree.files_under(place) == (f"{place}/Chart.yaml", f"{place}/templates/all.yaml")
        assert tree.is_file(f"{place}/Chart.yaml")
        assert tree.is_folder(f"{place}/templates")
        assert not tree.is_file(f"{place}/none")
        assert tree.line_text(f"{place}/Chart.yaml", 2) == "name: web"
        assert tree.read(f"{place}/Chart.yaml").documents[0].value["version"] == "1.0.0"
        answer = engine.call("helm", chart=place, release="x", namespace="y")
        assert [item["metadata"]["name"] for item in answer["objects"]] == ["web"]
        assert answer["origins"][0]["path"] == f"{place}/templates/all.yaml"


def test_flux_does_not_take_it_for_manifests(write: Write, tmp_path: Path) -> None:
    root = write({"a.yaml": TEMPLATE, ".gitlint-ops/vendor/x.tgz": ""})
    other = packed({"other.yaml": TEMPLATE.replace("web", "other")})
    lock = {remote("git", "https://example.com/r"): locked(tmp_path / "store", "r-00.tar", other)}
    with open_fetched(lock, [tmp_path / "store"]) as fetched, EngineClient(root, fetched=fetched.folder) as engine:
        answer = engine.call("kustomize", path=".", load_restrictor="none", flux={"spec": {"path": "."}})
        assert [item["metadata"]["name"] for item in answer["objects"]] == ["web"]


def test_links_between_artifacts_and_out_of_them_are_not_followed(write: Write, tmp_path: Path) -> None:
    root = write({"a.yaml": "a: 1\n"})
    lock = {WEB: locked(tmp_path / "store", "web-1.0.0-00.tgz", chart("web", "1.0.0", {}))}
    with open_fetched(lock, [tmp_path / "store"]) as fetched, EngineClient(root, fetched=fetched.folder) as engine:
        place = fetched.place(WEB)
        assert fetched.folder is not None
        (fetched.folder / "web-1.0.0-00" / "evil.yaml").symlink_to("/etc/passwd")
        answer = engine.call("read", files=[f"{place}/evil.yaml", f"{MOUNT}/../../../etc/passwd"])
        assert [item["error"]["kind"] for item in answer["files"]] == ["outside-root", "outside-root"]


def test_what_is_locked_and_not_here_is_nothing(tmp_path: Path) -> None:
    with open_fetched({WEB: Locked("web.tgz", "sha256:0")}, [tmp_path]) as fetched:
        assert (fetched.place(WEB), fetched.folder, fetched.used) == (None, None, set())


def test_a_link_is_no_archive(tmp_path: Path) -> None:
    entry = locked(tmp_path, "web-1.0.0-00.tgz", chart("web", "1.0.0", {}))
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / entry.file).symlink_to(tmp_path / entry.file)
    with open_fetched({WEB: entry}, [tmp_path / "store"]) as fetched:
        assert fetched.place(WEB) is None


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    entry = locked(tmp_path, "web-1.0.0-00.tgz", chart("web", "1.0.0", {}))
    (tmp_path / entry.file).write_bytes(b"other")
    with pytest.raises(VendorError) as refused, open_fetched({WEB: entry}, [tmp_path]):
        pass
    has = hashlib.sha256(b"other").hexdigest()
    assert refused.value.message == (
        f"chart 'web' 1.0.0 from https://example.com/charts: the archive {entry.file} has the digest sha256:{has}, "
        f"and {entry.digest} of the lock file is wanted"
    )


def test_another_commit_has_what_its_own_lock_file_says(tmp_path: Path) -> None:
    store, base = tmp_path / "store", tmp_path / "base"
    base.mkdir()
    new = {WEB: locked(store, "web-new.tgz", chart("web", "1.0.0", {}))}
    with open_fetched(new, [store]) as fetched:
        with open_beside(fetched, base, "vendor") as same:
            assert same is fetched
        write_lock(base, {WEB: locked(base / "vendor", "web-old.tgz", chart("web", "1.0.0", {"a.yaml": TEMPLATE}))})
        with open_beside(fetched, base, "vendor") as other:
            assert other.place(WEB) == f"{MOUNT}/web-old"


def test_nobody_fetches_without_leave(tmp_path: Path) -> None:
    from gitlint_ops.source.vendor.client import VendorClient

    with VendorClient(tmp_path) as client:
        (answer,) = client.fetch([(WEB, None)], tmp_path)
    assert isinstance(answer, EngineError)
    assert (answer.kind, answer.message) == ("bad-request", 'no verb "fetch"')
