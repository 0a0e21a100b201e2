from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.image_reference import ImageReference, is_unresolved, mutability, parse

DIGEST = "sha256:" + "4c1f" * 16


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", ("nginx", "", "")),
        ("nginx:1.27.3", ("nginx", "1.27.3", "")),
        ("localhost:5000/web", ("localhost:5000/web", "", "")),
        ("registry.example.com:5000/a/b:v1", ("registry.example.com:5000/a/b", "v1", "")),
        (f"nginx:1.27@{DIGEST}", ("nginx", "1.27", DIGEST)),
        (f"nginx@{DIGEST}", ("nginx", "", DIGEST)),
    ],
)
def test_parse_follows_the_reference_grammar(image: str, expected: tuple[str, str, str]) -> None:
    assert parse(image) == ImageReference(*expected)


@pytest.mark.parametrize(
    "tag",
    [
        "1.2.3",
        "v1.2.3",
        "1.27.3-alpine",
        "5.0.0.Final",
        "v1.31.0-rc.1",
        "abc123f",
        "sha-abc1234",
        "main-abc1234",
        "main-77",
        "6d1d832508017919344c62c5eaece159fccffa79",
        "20240131",
        "2024-01-31",
        "nightly-2024-02-03",
        "RELEASE.2024-01-16T16-07-38Z",
        "1423",
        "9.4-debian-12-r0",
        "3scale2.10",
        "blue",
    ],
)
def test_tags_that_name_one_image_are_fixed(tag: str) -> None:
    assert mutability(tag, "major-minor") == ""


@pytest.mark.parametrize(
    "tag",
    [
        "latest",
        "LATEST",
        "main",
        "stable",
        "edge",
        "nightly",
        "dev",
        "alpine",
        "stable-alpine",
        "lts",
        "1.2.3-latest",
        "1.0.0-SNAPSHOT",
        "alpine3.18",
    ],
)
def test_channels_move(tag: str) -> None:
    assert mutability(tag, "none") == f"the tag {tag} names a channel, not a version"


@pytest.mark.parametrize(
    ("tag", "open_part"),
    [
        ("1", "minor"),
        ("v2", "minor"),
        ("1.2", "patch"),
        ("16-bookworm", "minor"),
        ("3.19-slim", "patch"),
        ("1.x", "minor"),
    ],
)
def test_floating_versions_move(tag: str, open_part: str) -> None:
    assert mutability(tag, "major-minor") == f"the tag {tag} leaves the {open_part} version open"


def test_what_counts_as_floating_is_an_option() -> None:
    assert [mutability("1.2", option) != "" for option in ("major-minor", "major", "none")] == [True, False, False]
    assert [mutability("1", option) != "" for option in ("major-minor", "major", "none")] == [True, True, False]


@pytest.mark.parametrize(
    "image", ["${IMAGE}", "{{ .Values.image }}", "$(params.IMAGE)", "__REPLACE_IMAGE__", "auto", "ko://x/y"]
)
def test_variables_and_placeholders_are_no_images_yet(image: str) -> None:
    assert is_unresolved(image)
    assert not is_unresolved("registry.example.com/web:latest")
