from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.source.revisions import RevisionError, find_revisions
from tests.repositories import Repository


def _repository(root: Path) -> Repository:
    repository = Repository(root)
    repository.commit({"a.yaml": "a: 1\n"})
    return repository


def test_the_base_is_where_the_branch_left(tmp_path: Path) -> None:
    repository = _repository(tmp_path)
    start = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "-b", "change")
    head = repository.commit({"a.yaml": "a: 2\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"a.yaml": "a: 3\n"})
    repository.git("checkout", "--quiet", "change")
    found = find_revisions(tmp_path, "main")
    assert (found.base, found.head, found.prefix) == (start, head, "")


def test_a_root_below_the_top_has_a_prefix(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit({"clusters/prod/a.yaml": "a: 1\n"})
    (tmp_path / "clusters" / "prod").mkdir(parents=True, exist_ok=True)
    assert find_revisions(tmp_path / "clusters" / "prod", "main").prefix == "clusters/prod/"


def test_an_unknown_revision_names_the_nearest(tmp_path: Path) -> None:
    repository = _repository(tmp_path)
    repository.git("branch", "release-1.2")
    with pytest.raises(RevisionError) as error:
        find_revisions(tmp_path, "release-1.3")
    assert error.value.message == "there is no revision 'release-1.3' in this clone; did you mean 'release-1.2'?"
    assert "fetch-depth: 0" in error.value.advice


def test_a_branch_of_the_remote_is_proposed(tmp_path: Path) -> None:
    repository = _repository(tmp_path)
    repository.git("update-ref", "refs/remotes/origin/develop", "HEAD")
    with pytest.raises(RevisionError, match="did you mean 'origin/develop'"):
        find_revisions(tmp_path, "develop")


@pytest.mark.parametrize("ref", ["", "--help", "-n", "main\0", "main..HEAD"])
def test_what_is_no_commit_is_refused(tmp_path: Path, ref: str) -> None:
    _repository(tmp_path)
    with pytest.raises(RevisionError, match="there is no revision"):
        find_revisions(tmp_path, ref)


def test_a_shallow_clone_is_told_how_to_deepen(tmp_path: Path) -> None:
    origin = _repository(tmp_path / "origin")
    origin.git("checkout", "--quiet", "-b", "change")
    origin.commit({"a.yaml": "a: 2\n"})
    origin.git("checkout", "--quiet", "main")
    origin.commit({"a.yaml": "a: 3\n"})
    clone = Repository(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{origin.root}", "main:main2", "change:change")
    clone.git("checkout", "--quiet", "change")
    with pytest.raises(RevisionError) as error:
        find_revisions(clone.root, "main2")
    assert error.value.message == "this clone is shallow: its history ends before 'main2' and HEAD meet"
    assert "git fetch --deepen=200 origin" in error.value.advice


def test_unrelated_histories_have_no_base(tmp_path: Path) -> None:
    repository = _repository(tmp_path)
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit({"b.yaml": "b: 1\n"})
    with pytest.raises(RevisionError, match="'main' and HEAD have no commit in common"):
        find_revisions(tmp_path, "main")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="cannot be compared: not a git repository"):
        find_revisions(tmp_path, "main")


def test_no_commit_yet(tmp_path: Path) -> None:
    repository = _repository(tmp_path)
    repository.git("checkout", "--quiet", "--orphan", "other")
    with pytest.raises(RevisionError, match="this branch has no commit yet"):
        find_revisions(tmp_path, "main")
