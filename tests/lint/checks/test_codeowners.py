from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.codeowners import Entry, matches, owners_of, parse


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("*", "clusters/prod/web.yaml", True),
        ("*.yaml", "clusters/prod/web.yaml", True),
        ("*.yml", "clusters/prod/web.yaml", False),
        ("/clusters/", "clusters/prod/web.yaml", True),
        ("/clusters", "clusters/prod/web.yaml", True),
        ("clusters/prod", "other/clusters/prod/web.yaml", False),
        ("prod/", "clusters/prod/web.yaml", True),
        ("/prod/", "clusters/prod/web.yaml", False),
        ("**/prod/", "clusters/prod/web.yaml", True),
        ("clusters/**/web.yaml", "clusters/web.yaml", True),
        ("clusters/**/web.yaml", "clusters/prod/eu/web.yaml", True),
        ("clusters/*", "clusters/web.yaml", True),
        ("clusters/*", "clusters/prod/web.yaml", False),
        ("clusters/**", "clusters/prod/web.yaml", True),
        ("clusters/pr?d/", "clusters/prod/web.yaml", True),
        ("/clusters/prod/web.yaml", "clusters/prod/web.yaml", True),
        ("a.b", "axb", False),
    ],
)
def test_patterns(pattern: str, path: str, found: bool) -> None:
    assert matches(pattern, path) is found


def test_lines_comments_and_sections() -> None:
    lines = [
        "# all",
        "",
        "* @all  # everybody",
        "[Production][2] @ops",
        "/clusters/prod/",
        r"/with\ space/ @a @b",
        "docs/",
    ]
    assert parse(lines) == [
        Entry(3, "*", ("@all",)),
        Entry(5, "/clusters/prod/", ("@ops",)),
        Entry(6, "/with space/", ("@a", "@b")),
        Entry(7, "docs/", ("@ops",)),
    ]


def test_the_last_matching_line_decides() -> None:
    entries = parse(["* @all", "/clusters/ @ops", "/clusters/prod/"])
    assert owners_of("readme.md", entries) == ("@all",)
    assert owners_of("clusters/dev/web.yaml", entries) == ("@ops",)
    assert owners_of("clusters/prod/web.yaml", entries) == ()
