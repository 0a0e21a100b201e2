"""What references to elsewhere mean: the repository or file, the path in it, and its revision."""

from __future__ import annotations

import pytest

from gitlint_ops.repo.fetched import chart_remote, entry_remote
from gitlint_ops.source.vendor import Remote, remote

GITHUB = "https://github.com/o/r"


@pytest.mark.parametrize(
    ("written", "wanted", "below"),
    [
        (f"{GITHUB}//base?ref=v1.0.0", remote("git", GITHUB, version="v1.0.0"), "base"),
        (f"{GITHUB}/base/deep?ref=v1", remote("git", GITHUB, version="v1"), "base/deep"),
        (f"{GITHUB}.git//base?timeout=90s&ref=v1", remote("git", f"{GITHUB}.git", version="v1"), "base"),
        (f"{GITHUB}.git/base", remote("git", f"{GITHUB}.git"), "base"),
        (GITHUB, remote("git", GITHUB), ""),
        ("github.com/o/r/base?ref=v1", remote("git", GITHUB, version="v1"), "base"),
        ("git::https://git.example.com/a/b/c.git//x", remote("git", "https://git.example.com/a/b/c.git"), "x"),
        ("git@github.com:o/r.git//base?ref=v1", remote("git", "git@github.com:o/r.git", version="v1"), "base"),
        ("git@github.com:o/r//base", remote("git", "git@github.com:o/r"), "base"),
        ("ssh://git@example.com/o/r//base", remote("git", "ssh://example.com/o/r"), "base"),
        (
            "https://dev.azure.com/org/project/_git/repo/base?version=GBmain",
            remote("git", "https://dev.azure.com/org/project/_git/repo", version="GBmain"),
            "base",
        ),
        (f"{GITHUB}//base/all.yaml?ref=v1", remote("git", GITHUB, version="v1"), "base/all.yaml"),
        (
            f"{GITHUB}/releases/download/v1/install.yaml",
            remote("file", f"{GITHUB}/releases/download/v1/install.yaml"),
            "install.yaml",
        ),
        ("https://example.com/crds.yml?token=x", remote("file", "https://example.com/crds.yml?token=x"), "crds.yml"),
    ],
)
def test_entries_of_kustomizations(written: str, wanted: Remote, below: str) -> None:
    assert entry_remote(written) == (wanted, below)


def test_a_chart_repository_without_a_scheme_is_a_registry() -> None:
    assert chart_remote("ghcr.io/o/charts", "web", "1.x") == remote("chart", "oci://ghcr.io/o/charts", "web", "1.x")
    assert chart_remote("https://e.com/c/", "web", "") == remote("chart", "https://e.com/c", "web")
