from __future__ import annotations

from gitlint_ops.lint.checks.named_values import named_values


def _names(value: object) -> list[tuple[str, object]]:
    return [(name, item) for _, name, item in named_values(value)]


def test_pairs_flags_and_assignments_give_their_own_names() -> None:
    value = {
        "env": [{"name": "DB_PASSWORD", "value": "a"}],
        "args": ["--password=b", "--token", "c", "KEY=d", "plain"],
        "deep": {"key": ["e"]},
    }
    assert [pair for pair in _names(value) if pair[1] in ("a", "b", "c", "d", "plain", "e")] == [
        ("DB_PASSWORD", "a"),
        ("password", "b"),
        ("token", "c"),
        ("KEY", "d"),
        ("", "plain"),
        ("", "e"),
    ]


def test_references_cipher_text_and_schemas_are_left_out() -> None:
    value = {
        "secretKeyRef": {"name": "x"},
        "encryptedData": {"password": "x"},
        "data": [{"secretKey": "x", "remoteRef": {"key": "x"}}],
        "openAPIV3Schema": {"password": "x"},
        "minio": {"secretKey": "kept"},
    }
    assert _names(value) == [("secretKey", "kept")]


def test_the_path_leads_to_the_value() -> None:
    value = {"a": [{"name": "N", "value": 1}]}
    assert list(named_values(value)) == [(("a", 0, "name"), "name", "N"), (("a", 0, "value"), "N", 1)]
