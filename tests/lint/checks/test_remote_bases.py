from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.remote_bases import remote_revision


@pytest.mark.parametrize(
    ("written", "source", "revision"),
    [
        ("https://github.com/acme/platform//a/b?ref=v1.2.3", "https://github.com/acme/platform", "v1.2.3"),
        ("https://github.com/acme/platform/a/b?timeout=9s&ref=main", "https://github.com/acme/platform", "main"),
        ("github.com/acme/platform?version=v1", "github.com/acme/platform", "v1"),
        ("git@github.com:acme/platform.git//a?ref=main", "git@github.com:acme/platform", "main"),
        ("git@github.com:acme/platform/a", "git@github.com:acme/platform", ""),
        ("ssh://git@git.acme.example:2222/x/y.git//a", "ssh://git@git.acme.example:2222/x/y", ""),
        ("git::https://git.acme.example/x/y.git/a?ref=v2", "https://git.acme.example/x/y", "v2"),
        ("https://raw.githubusercontent.com/acme/tools/main/a.yaml", "https://github.com/acme/tools", "main"),
        (
            "https://raw.githubusercontent.com/acme/tools/refs/tags/v1.2.3/a.yaml",
            "https://github.com/acme/tools",
            "v1.2.3",
        ),
        (
            "https://github.com/acme/tools/releases/download/v1.2.3/a.yaml",
            "https://github.com/acme/tools",
            "v1.2.3",
        ),
        (
            "https://github.com/acme/tools/releases/latest/download/a.yaml",
            "https://github.com/acme/tools",
            "latest",
        ),
        ("https://gitlab.com/acme/sub/tools/-/raw/main/a.yaml", "https://gitlab.com/acme/sub/tools", "main"),
        ("https://get.acme.example/v1.2.3/a.yaml", "https://get.acme.example/v1.2.3/a.yaml", "1.2"),
        ("https://get.acme.example/a.yaml", "https://get.acme.example/a.yaml", ""),
    ],
)
def test_what_a_remote_resource_follows(written: str, source: str, revision: str) -> None:
    found = remote_revision(written)
    assert (found.source, found.revision) == (source, revision)
