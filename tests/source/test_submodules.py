"""Submodules at another commit: named, with what keeps their content from being compared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitlint_ops.source.listing import list_files
from gitlint_ops.source.revisions import find_revisions
from gitlint_ops.source.snapshot import take_snapshot
from gitlint_ops.source.submodules import SubmoduleChange
from tests.repositories import Repository


class Pair:
    """A repository with a submodule, which the index has at a later commit than HEAD."""

    def __init__(self, root: Path) -> None:
        library = Repository(root / "library")
        self.old = library.commit({"a.yaml": "a: 1\n"})
        self.repository = Repository(root / "repo")
        self.repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "lib")
        self.repository.git("commit", "--quiet", "--message", "a submodule")
        self.clone = Repository(self.repository.root / "lib")
        self.new = self.clone.commit({"a.yaml": "a: 2\n"})
        self.clone.write({"a.yaml": "a: 2\n"})
        self.repository.git("add", "lib")

    def change(self) -> SubmoduleChange:
        root = self.repository.root
        with take_snapshot(root, find_revisions(root, "HEAD"), list_files(root, ()), ()) as snapshot:
            (found,) = snapshot.submodules
        return found


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_a_submodule_whose_commits_are_both_here_is_compared(pair: Pair) -> None:
    assert pair.change() == SubmoduleChange("lib", pair.old, pair.new)


def test_a_submodule_that_is_not_checked_out(pair: Pair) -> None:
    shutil.rmtree(pair.clone.root)
    pair.clone.root.mkdir()
    assert pair.change().gap == "it is not checked out: run 'git submodule update --init lib'"
    (problem,) = list_files(pair.repository.root, ()).skipped
    assert problem.message == (
        "'lib' is a Git submodule that is not checked out ('git submodule update --init' does so)"
    )


def test_a_submodule_at_another_commit_than_the_change_says(pair: Pair) -> None:
    pair.clone.git("checkout", "--quiet", "--force", pair.old)
    assert pair.change().gap == "another commit of it is checked out: run 'git submodule update lib'"


def test_a_submodule_that_comes_or_goes(pair: Pair) -> None:
    pair.repository.git("rm", "--quiet", "--cached", "lib")
    assert pair.change() == SubmoduleChange("lib", pair.old, "", "it is gone, and its clone with it")
    pair.repository.git("commit", "--quiet", "--message", "gone")
    pair.repository.git("add", "lib")
    assert pair.change() == SubmoduleChange("lib", "", pair.new)


def test_a_clone_that_lacks_the_older_commit(pair: Pair) -> None:
    lone = pair.clone.git("commit-tree", "HEAD^{tree}", "-m", "alone")
    pair.clone.git("checkout", "--quiet", "--force", lone)
    pair.repository.git("add", "lib")
    pair.repository.git("update-index", "--cacheinfo", f"160000,{'1' * 40},lib")
    pair.repository.git("commit", "--quiet", "--message", "elsewhere")
    pair.repository.git("add", "lib")
    assert pair.change() == SubmoduleChange(
        "lib", "1" * 40, lone, "its clone lacks the older commit: run 'git -C lib fetch --unshallow'"
    )
