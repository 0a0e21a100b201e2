from __future__ import annotations

import pytest

from gitlint_ops.lint.versions.scheme import distance, is_unordered_pair


@pytest.mark.parametrize(
    ("newer", "older", "words"),
    [
        ("3.0", "2.0", "1 major version"),
        ("v1.4.0", "1.2.9", "2 minor versions"),
        ("1.2.5", "1.2.3", "2 patch versions"),
        ("1.2.3.4", "1.2.3.1", "3 revisions"),
        ("16", "15", "1 major version"),
        ("1.3.0-alpine", "1.2.3-alpine", "1 minor version"),
        ("1.2.0", "1.2.0-rc.1", "at least 1 pre-release"),
        ("1.2.0-rc.10", "1.2.0-rc.2", "at least 1 pre-release"),
        ("1.2.0-beta.1", "1.2.0-alpha.9", "at least 1 pre-release"),
        ("1.25.3-debian-12-r12", "1.25.3-debian-12-r2", "at least 1 rebuild"),
        ("main-47-0a1b2c3", "main-45-3c2b1a0", "2 builds"),
        ("1240", "1234", "6 builds"),
        ("20240301", "20240131", "30 days"),
        ("RELEASE.2024-02-02T10-00-00Z", "RELEASE.2024-02-01T10-00-00Z", "1 day"),
        ("2024.10.1", "2024.9.3", "at least 1 release"),
        ("web-v2.0.0", "web-v1.9.0", "1 major version"),
    ],
)
def test_which_is_newer_and_by_how_much(newer: str, older: str, words: str) -> None:
    ahead, behind = distance(newer, older), distance(older, newer)
    assert ahead is not None
    assert behind is not None
    assert (ahead.words, ahead.steps > 0, behind.words, behind.steps < 0) == (words, True, words, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.2.3", "v1.2.3"), ("1.2", "1.2.3"), ("1.0.0", "1.0.0@sha256:0a"), ("latest", "latest"), ("", "")],
)
def test_what_counts_as_the_same(one: str, other: str) -> None:
    found = distance(one, other)
    assert found is not None
    assert found.steps == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0a1b2c3", "3c2b1a0"),
        ("main-0a1b2c3", "main-3c2b1a0"),
        ("1.2.3-0a1b2c3", "1.2.3-3c2b1a0"),
        ("sha256:0a", "sha256:0b"),
        ("1.0.0@sha256:0a", "1.0.0@sha256:0b"),
        ("latest", "1.0.0"),
        (">=1.0.0", "1.0.0"),
        ("1.x", "1.2.0"),
        ("1.2.3-alpine", "1.3.0"),
        ("release-1.2", "hotfix-1.3"),
        ("20240101", "1.2.3"),
        ("", "1.0.0"),
        ("9" * 5_000, "1.0.0"),
    ],
)
def test_what_nobody_can_order(one: str, other: str) -> None:
    assert distance(one, other) is None
    assert distance(other, one) is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("0a1b2c3", "3c2b1a0", True),
        ("main-0a1b2c3", "main-3c2b1a0", True),
        ("sha256:0a", "sha256:0b", True),
        ("main-0a1b2c3", "release-3c2b1a0", False),
        ("0a1b2c3", "0a1b2c3", False),
        ("0a1b2c3", "1.2.3", False),
        ("latest", "stable", False),
        ("1.2.3", "1.2.4", False),
    ],
)
def test_commits_of_one_naming(one: str, other: str, alike: bool) -> None:
    assert is_unordered_pair(one, other) is alike
