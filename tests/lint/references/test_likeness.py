from __future__ import annotations

import pytest

from gitlint_ops.lint.references.likeness import is_misspelt, is_slip, likeness_of, nearest_name, written_name


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("web-cofnig", "web-config", True),
        ("wbe", "web", True),
        ("db-secrets", "db-secret", True),
        ("web-1", "web-2", False),
        ("web-12", "web-21", False),
        ("web-db", "web-tls", False),
        ("api-config", "web-config", False),
        ("argo-workflows-admin", "argo-workflows-admin-extra", False),
        ("argo-workflows-admin-typo", "argo-workflows-admin", True),
    ],
)
def test_misspellings(name: str, known: str, *, expected: bool) -> None:
    assert is_misspelt(name, known) is expected


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("web-postgers", "web-postgres", True),
        ("web-s3-tokne", "web-s3-token", True),
        ("web-shard1", "web-shard2", False),
        ("web-db-a", "web-db-b", False),
        ("web-token", "web-token", False),
        ("api-postgers", "web-postgres", False),
        ("web-token", "web-token-old", False),
    ],
)
def test_a_slip_in_one_word(name: str, known: str, *, expected: bool) -> None:
    assert is_slip(name, known) is expected


def test_the_nearest_name() -> None:
    assert nearest_name("wbe", ["wide", "web"]) == "web"
    assert nearest_name("web-conf", ["web-config", "db"]) == "web-config"
    assert nearest_name("mail", ["web", "db"]) == ""
    assert nearest_name("a" * 300, ["a" * 299]) == ""


def test_texts_that_no_name_is_as_long_as_are_not_compared() -> None:
    assert likeness_of("a" * 100_000, "b" * 100_000) == 0.0


def test_the_hash_of_a_generator_is_left_out() -> None:
    assert written_name("web-config-bt5mh2dcg8") == "web-config"
    assert written_name("web-production") == "web-production"
