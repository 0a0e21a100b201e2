from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gitlint_ops.source.listing import list_files
from gitlint_ops.source.revisions import RevisionError, find_revisions
from gitlint_ops.source.snapshot import Snapshot, take_snapshot
from tests.repositories import Repository


@contextmanager
def _snapshot(root: Path, ref: str = "HEAD", exclude: tuple[str, ...] = ()) -> Iterator[Snapshot]:
    with take_snapshot(root, find_revisions(root, ref), list_files(root, exclude), exclude) as snapshot:
        yield snapshot


def test_the_commit_is_beside_the_work_tree(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"same.yaml": "a: 1\n", "edited.yaml": "b: 1\n", "gone.yaml": "c: 1\n"})
    repository.write({"same.yaml": "a: 1\n", "edited.yaml": "b: 2\n", "new.yaml": "something else\n"})
    before = repository.git("status", "--porcelain")
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.listing.files == ("edited.yaml", "gone.yaml", "same.yaml")
        assert (snapshot.root / "edited.yaml").read_text() == "b: 1\n"
        assert snapshot.changed == {"edited.yaml", "gone.yaml", "new.yaml"}
        assert snapshot.renames == {}
        place = snapshot.root.parent
        assert sys.platform == "win32" or place.stat().st_mode & 0o777 == 0o700
    assert not place.exists()
    assert repository.git("status", "--porcelain") == before


def test_a_moved_and_edited_file_is_a_rename(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    text = "".join(f"key{number}: {number}\n" for number in range(20))
    repository.commit({"old/name.yaml": text, "keep.yaml": "a: 1\n"})
    repository.write({"new/name.yaml": text + "more: 1\n", "keep.yaml": "a: 1\n"})
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.renames == {"old/name.yaml": "new/name.yaml"}


def test_only_the_files_below_the_root(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a/x.yaml": "1\n", "b/y.yaml": "2\n"})
    repository.write({"a/x.yaml": "1\n", "b/y.yaml": "2\n"})
    with _snapshot(tmp_path / "b") as snapshot:
        assert snapshot.listing.files == ("y.yaml",)
        assert snapshot.changed == frozenset()


def test_excluded_files_are_on_neither_side(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "1\n", "vendor/b.yaml": "2\n"})
    with _snapshot(tmp_path, exclude=("vendor",)) as snapshot:
        assert snapshot.listing.files == ("a.yaml",)


def test_line_ends_of_a_checkout_are_no_change(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "a: 1\nb: 2\n"})
    (tmp_path / "a.yaml").write_bytes(b"a: 1\r\nb: 2\r\n")
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.changed == frozenset()
        assert (snapshot.root / "a.yaml").read_bytes() == b"a: 1\r\nb: 2\r\n"


def test_git_lfs_content_is_no_change(tmp_path: Path) -> None:
    content = b"a: 1\n" * 100
    oid = __import__("hashlib").sha256(content).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    Repository(tmp_path).commit({"a.yaml": pointer})
    (tmp_path / "a.yaml").write_bytes(content)
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.changed == frozenset()
        assert (snapshot.root / "a.yaml").read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a privilege on Windows")
def test_symlinks_stay_inside(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    root = repository.root
    (tmp_path / "secret.yaml").write_text("secret: 1\n")
    for name, target in {"in.yaml": "a.yaml", "out.yaml": "../secret.yaml", "abs.yaml": "/etc/passwd"}.items():
        (root / name).symlink_to(target)
    (root / "up").symlink_to(".")
    (root / "twice.yaml").symlink_to("up/../secret.yaml")
    repository.commit({"a.yaml": "a: 1\n"})
    repository.write({"a.yaml": "a: 1\n"})
    with _snapshot(root) as snapshot:
        assert "in.yaml" in snapshot.listing.files
        assert (snapshot.root / "in.yaml").read_text() == "a: 1\n"
        assert not {"out.yaml", "abs.yaml", "twice.yaml"} & set(snapshot.listing.files)
        assert not any(os.path.lexists(snapshot.root / name) for name in ("out.yaml", "abs.yaml"))
        told = {problem.span.path: problem.kind for problem in snapshot.listing.skipped}
        assert told["out.yaml"] == told["abs.yaml"] == "outside-root"


def test_no_filter_and_no_hook_runs(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    (tmp_path / ".gitattributes").write_text("*.yaml filter=evil\n")
    repository.commit({"a.yaml": "a: 1\n"})
    mark = tmp_path / "ran"
    for key in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "diff.external", "core.pager"):
        repository.git("config", key, f"touch {mark}")
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    with _snapshot(tmp_path) as snapshot:
        assert (snapshot.root / "a.yaml").read_text() == "a: 1\n"
    assert not mark.exists()


def test_environment_of_git_is_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "a: 1\n"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.listing.files == ("a.yaml",)


def test_paths_of_hostile_trees_are_left_out(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "a: 1\n"})
    blob = repository.git("rev-parse", "HEAD:a.yaml")
    inner = _object(tmp_path, "tree", b"100644 evil.yaml\0" + bytes.fromhex(blob))
    outer = _object(tmp_path, "tree", b"40000 ..\0" + bytes.fromhex(inner) + b"100644 b.yaml\0" + bytes.fromhex(blob))
    commit = repository.git("commit-tree", outer, "-m", "evil")
    repository.git("update-ref", "HEAD", commit)
    with _snapshot(tmp_path) as snapshot:
        assert snapshot.listing.files == ("b.yaml",)
        assert [problem.message for problem in snapshot.listing.skipped] == [
            "'../evil.yaml' is a path that leaves the repository"
        ]
        assert not (snapshot.root.parent / "evil.yaml").exists()


def _object(root: Path, kind: str, content: bytes) -> str:
    done = subprocess.run(
        ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
        cwd=root,
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def test_a_submodule_is_read_from_its_own_clone(tmp_path: Path) -> None:
    library = Repository(tmp_path / "library")
    library.commit({"base/kustomization.yaml": "resources: []\n"})
    repository = Repository(tmp_path / "repo")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "library")
    repository.git("commit", "--quiet", "-m", "a submodule")
    with _snapshot(repository.root) as snapshot:
        assert (snapshot.root / "library/base/kustomization.yaml").read_text() == "resources: []\n"
        assert snapshot.listing.files == (".gitmodules",)
        assert [problem.message for problem in snapshot.listing.skipped] == [
            "'library' is a Git submodule; its files are not checked from here"
        ]
        assert snapshot.changed == frozenset()
    (repository.root / "library/base/kustomization.yaml").write_text("resources: [a.yaml]\n", "utf-8")
    (repository.root / "library/base/a.yaml").write_text("a: 1\n", "utf-8")
    with _snapshot(repository.root) as snapshot:
        assert snapshot.changed == {"library/base/kustomization.yaml", "library/base/a.yaml"}


def test_a_lacking_object_is_told(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"a.yaml": "a: 1\n"})
    blob = repository.git("rev-parse", "HEAD:a.yaml")
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RevisionError, match="cannot be read: "), _snapshot(tmp_path):
        pass


def test_vendored_charts_that_git_ignores_are_on_both_sides(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({".gitignore": "charts/\n", "app/Chart.yaml": "name: app\n"})
    repository.write({".gitignore": "charts/\n", "app/charts/redis.tgz": "archive", "app/Chart.yaml": "name: app\n"})
    with _snapshot(tmp_path) as snapshot:
        assert (snapshot.root / "app/charts/redis.tgz").read_text() == "archive"
        assert "app/charts/redis.tgz" not in snapshot.listing.files
        assert snapshot.changed == frozenset()
