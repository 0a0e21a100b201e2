from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.sops_documents import cipher_fault, has_metadata, leaves

IV = "zC2InvhKLuCaj9crb7+HWIerNEZkRqcJ7TdYGSFpzBU="
TAG = "0Zp6jYcQm8S4vY1u2n3L5w=="


def cipher(data: str = "8t05UTiTQ8j8qIl+v4jyTg==", iv: str = IV, tag: str = TAG, kind: str = "str") -> str:
    return f"ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{kind}]"


@pytest.mark.parametrize("kind", ["str", "int", "float", "bool", "bytes", "comment"])
def test_what_sops_writes_has_no_fault(kind: str) -> None:
    assert cipher_fault(cipher(kind=kind)) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (cipher()[:-20], "it is not of the form ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]"),
        (cipher(data=""), "it is not of the form ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]"),
        (cipher(data="8t05UTiTQ8j8qIl+v4jyTg="), "its data is not base64"),
        (cipher(iv="a b"), "its iv is not base64"),
        (cipher(tag="***"), "its tag is not base64"),
        (cipher(kind="string"), "its type is 'string', which SOPS does not know"),
    ],
)
def test_what_sops_cannot_read(text: str, fault: str) -> None:
    assert cipher_fault(text) == fault


def test_metadata_is_told_from_a_charts_own_values() -> None:
    assert has_metadata({"sops": {"mac": cipher()}})
    assert has_metadata({"sops": {"age": [], "lastmodified": "2026-01-12T10:20:30Z", "version": "3.11.0"}})
    assert not has_metadata({"sops": {"enabled": True, "version": "3.11.0"}})
    assert not has_metadata({"sops": "yes"})
    assert not has_metadata(["sops"])


def test_leaves_are_the_values_that_sops_looks_at() -> None:
    value = {"a": {"b": [1, "", None, "x"]}, "sops": {"mac": "m"}, "c": {"sops": "kept"}, "d": False}
    assert list(leaves(value)) == [(("a", "b", 0), 1), (("a", "b", 3), "x"), (("c", "sops"), "kept"), (("d",), False)]
