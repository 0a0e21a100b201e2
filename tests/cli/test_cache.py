from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cache.store import FILE_NAME
from tests.cli.support import run

Write = Callable[[Mapping[str, str]], Path]
FILES = {
    "a/kustomization.yaml": "resources: [b.yaml]\n",
    "a/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
}


@pytest.fixture
def repo(write: Write) -> Path:
    root = write(FILES)
    (root / ".git").mkdir()
    return root


def test_the_folder_is_that_of_the_option_else_of_the_variable(
    repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLINT_OPS_CACHE_DIR", str(tmp_path / "variable"))
    run(capfd, "check", repo, "--no-cache")
    assert not (tmp_path / "variable").exists()
    run(capfd, "check", repo, "--cache-dir", tmp_path / "option")
    assert (tmp_path / "option" / FILE_NAME).is_file()
    assert not (tmp_path / "variable").exists()
    run(capfd, "check", repo)
    assert (tmp_path / "variable" / FILE_NAME).is_file()


@pytest.mark.parametrize("command", ["inspect", "versions", "render"])
def test_other_commands_use_it_too(command: str, repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = run(capfd, command, repo, "--cache-dir", tmp_path / "kept")
    assert run(capfd, command, repo, "--cache-dir", tmp_path / "kept") == first
    assert run(capfd, command, repo, "--no-cache") == first
    assert (tmp_path / "kept" / FILE_NAME).is_file()


def test_show_and_clear(repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = ("--cache-dir", tmp_path / "kept")
    head = f"Cache: {tmp_path / 'kept' / FILE_NAME}\n"
    assert run(capfd, "cache", *place) == (0, f"{head}0 entries, 0.0 MB of at most 512.0 MB\n", "")
    run(capfd, "check", repo, *place)
    code, out, err = run(capfd, "cache", *place)
    assert (code, err) == (0, "")
    assert re.fullmatch(re.escape(head) + r"[1-9]\d* entries, 0\.\d MB of at most 512\.0 MB\n", out)
    assert run(capfd, "cache", "--clear", *place)[1] == out + "Deleted.\n"
    assert run(capfd, "cache", *place)[1] == f"{head}0 entries, 0.0 MB of at most 512.0 MB\n"


def test_the_limit_is_set_by_a_variable(
    repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLINT_OPS_CACHE_SIZE", "64")
    assert run(capfd, "cache")[1].endswith("of at most 64.0 MB\n")
    monkeypatch.setenv("GITLINT_OPS_CACHE_SIZE", "much")
    wrong = "gitlint-ops: GITLINT_OPS_CACHE_SIZE is 'much', which is no size\nhelp: give whole megabytes, such as 512\n"
    assert run(capfd, "check", repo) == (2, "", wrong)


def test_a_cache_that_cannot_be_used_is_lost_and_told_with_verbose(
    repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    wanted = run(capfd, "check", repo, "--format", "json", "--no-cache")
    folder = tmp_path / "file" / "kept"
    assert run(capfd, "check", repo, "--format", "json", "--cache-dir", folder) == wanted
    told = f"gitlint-ops: the cache in '{folder}' cannot be used: Not a directory\n"
    assert run(capfd, "check", repo, "--format", "json", "--cache-dir", folder, "-v") == (*wanted[:2], told)


def test_a_damaged_file_is_told_by_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database, whatever its name says" * 100)
    code, _, err = run(capfd, "cache", "--cache-dir", tmp_path)
    assert (code, err) == (0, f"gitlint-ops: the cache in '{tmp_path}' cannot be used: file is not a database\n")


@pytest.mark.parametrize("folder", [".kept", "a", "."])
def test_a_cache_in_the_repository_works(
    folder: str, repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("--cache-dir", repo / folder)
    first = run(capfd, "check", repo, "--format", "json", *place)
    run(capfd, "check", repo, "--format", "json", *place)
    with monkeypatch.context() as patch:
        patch.setattr("gitlint_ops.engine.engine_command", lambda: pytest.fail("an engine was started"))
        assert run(capfd, "check", repo, "--format", "json", *place) == first
    (repo / "a" / "b.yaml").write_text("a: 'b\n")
    changed = run(capfd, "check", repo, "--format", "json", *place)
    assert changed == run(capfd, "check", repo, "--format", "json", "--no-cache") != first


def test_another_machine_takes_what_one_shared(repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def trace(name: str, *options: str) -> str:
        place = ("--cache-dir", tmp_path / name, "--cache-url", (tmp_path / "shared").as_uri())
        assert run(capfd, "check", repo, *place, *options, "--profile-run", tmp_path / "trace")[2] == ""
        return (tmp_path / "trace").read_text("utf-8")

    assert "kustomize a" in trace("one", "--cache-read-only")
    assert "kustomize a" in trace("two")
    assert "kustomize a" not in trace("three", "--cache-read-only")


def test_a_shared_store_that_fails_is_told_once_and_costs_nothing(
    repo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "salt").write_bytes(b"short")
    alone = run(capfd, "check", repo, "--format", "sarif", "--no-cache")
    shared = run(capfd, "check", repo, "--format", "sarif", "--cache-url", (tmp_path / "shared").as_uri())
    assert shared[:2] == alone[:2]
    assert shared[2] == (
        "gitlint-ops: the cache at --cache-url is not used: its salt is damaged\n"
        "help: this cost time, and nothing else\n"
    )


def test_a_shared_store_of_no_kind_is_refused(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", repo, "--cache-url", "nothing://a")
    assert (code, out) == (2, "")
    assert err == (
        "gitlint-ops: --cache-url: Protocol not known: nothing\n"
        "help: install what reads it, as with: pip install 'gitlint-ops[remote]'; or name another one\n"
    )
