from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlint_ops.cache import States
from gitlint_ops.source.whole import describe
from tests.repositories import Repository

Change = Callable[[Repository], object]
FILES = {"a.yaml": "a: 1\n", "apps/b.yaml": "b: 1\n", ".gitignore": "ignored/\n", "ignored/c.yaml": "c: 1\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.write(FILES)
    if sys.platform != "win32":
        (made.root / "linked").symlink_to("ignored")
    return made


def text(repository: Repository) -> str:
    return describe(repository.root, States(repository.root), ())[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda repository: repository.write({"a.yaml": "a: 2\n"}),
        lambda repository: repository.write({"apps/new.txt": ""}),
        lambda repository: (repository.root / "a.yaml").unlink(),
        lambda repository: repository.write({".gitignore": "ignored/\napps/\n"}),
        lambda repository: repository.git("remote", "add", "origin", "https://git.example.com/a"),
        lambda repository: repository.git("checkout", "--quiet", "-b", "other"),
        pytest.param(
            lambda repository: repository.write({"ignored/c.yaml": "c: 2\n"}),
            marks=pytest.mark.skipif(sys.platform == "win32", reason="needs symlinks"),
        ),
    ],
    ids=["an edit", "a new file", "one less", "what is ignored", "a remote", "the branch", "behind a link"],
)
def test_it_changes_with_the_repository(change: Change, repository: Repository) -> None:
    before = text(repository)
    assert text(repository) == before
    change(repository)
    assert text(repository) != before


def test_what_is_ignored_and_the_own_files_do_not_count(repository: Repository) -> None:
    before = text(repository)
    repository.write({"ignored.local/x": "", ".gitignore": FILES[".gitignore"]})
    own = repository.root / "ignored.local" / "x"
    described, names = describe(repository.root, States(repository.root), [own])
    assert described == before
    assert names >= {"a.yaml", "apps/b.yaml"}
    assert "ignored/c.yaml" not in names


def test_another_clone_is_the_same(repository: Repository, tmp_path: Path) -> None:
    copy = Repository(tmp_path / "elsewhere" / "copy")
    copy.write(FILES)
    if sys.platform != "win32":
        (copy.root / "linked").symlink_to("ignored")
    assert text(copy) == text(repository)


@pytest.mark.skipif(sys.platform == "win32", reason="needs symlinks")
def test_a_link_out_of_the_repository_is_not_followed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repository.root / "out").symlink_to(tmp_path / "outside")
    before = text(repository)
    (tmp_path / "outside" / "x").write_text("")
    assert text(repository) == before
