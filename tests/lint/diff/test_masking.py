from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.diff.masking import MASK, masked
from tests.lint.diff.test_dangers import _object

GITHUB = "ghp_" + "pLIix6MEOLeMa61EqJomTEI1JEzO3joOj37H"
GITLAB = "glpat-" + "x7Kq2mVb9TzRw4LcN8pd"
KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "MIIEpAIBAAKCAQEAx7Kq2mVb9TzRw4LcN8pdQhYs\n" * 3
    + "-----END RSA PRIVATE KEY-----\n"
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("registry.example.com/web:1.4.2", "registry.example.com/web:1.4.2"),
        (GITHUB, MASK),
        (f"first: line\nremote: {GITHUB}\nlast: line", f"first: line\n{MASK}\nlast: line"),
        (f"first: line\nremote: {GITLAB}\nlast: line", f"first: line\n{MASK}\nlast: line"),
        (f"ca: none\n{KEY}", MASK),
        (["plain", GITHUB], ["plain", MASK]),
    ],
)
def test_what_looks_like_a_credential_is_not_shown(value: Any, shown: Any) -> None:
    assert masked(_object("ConfigMap"), value, ("data", "settings")) == shown
