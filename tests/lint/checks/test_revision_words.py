from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.revision_words import (
    follows_branch,
    is_git_range,
    is_unresolved,
    is_version_range,
    without_user,
)


@pytest.mark.parametrize(
    "revision", ["", "HEAD", "main", "refs/heads/v1", "release/stable", "feature/x-1", "jboss-eap"]
)
def test_branches(revision: str) -> None:
    assert follows_branch(revision)


@pytest.mark.parametrize(
    "revision", ["v1.2.3", "1.2", "release-1.2", "2024-01-01", "refs/tags/latest", "6d1d8325080179"]
)
def test_tags_and_commits(revision: str) -> None:
    assert not follows_branch(revision)


@pytest.mark.parametrize("text", ["v1.*", ">=1.0", "~1.2.3", "^1.0.0", "1.x", "1.0.0 - 2.0.0"])
def test_ranges(text: str) -> None:
    assert is_git_range(text)
    assert is_version_range(text)


@pytest.mark.parametrize(
    ("version", "moves"),
    [("", True), ("*", True), ("1", True), ("1.2", True), ("1.2.3", False), ("v1.2.3-rc.1", False)],
)
def test_chart_versions(version: str, moves: bool) -> None:
    assert is_version_range(version) is moves


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<GITOPS_REPO_URL>", True), ("{{ url }}", True), ("${URL}", True), (">=1.0 <2.0", False), ("main", False)],
)
def test_texts_to_be_filled_in(text: str, *, expected: bool) -> None:
    assert is_unresolved(text) is expected


def test_messages_show_no_user() -> None:
    assert without_user("https://user:secret@git.example/x.git") == "https://git.example/x.git"
