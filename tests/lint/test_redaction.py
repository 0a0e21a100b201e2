from __future__ import annotations

import pytest

from gitlint_ops.lint.redaction import names_credential


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  password: hunter2", True),
        ('- "api_key": abc', True),
        ("literals: [db-password=hunter2]", True),
        ("url: https://user:hunter2@git.acme.example/shop.git", True),
        ("url: https://git.acme.example/shop.git", False),
        ("passwordSecretRef: db", False),
        ("replicas: 3", False),
        ("", False),
    ],
)
def test_a_line_that_sets_a_credential_is_known_by_its_key(line: str, expected: bool) -> None:
    assert names_credential(line) is expected
