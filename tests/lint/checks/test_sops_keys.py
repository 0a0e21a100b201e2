from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.checks.sops_keys import metadata_recipients, rule_recipients

AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.mark.parametrize(
    ("rule", "metadata"),
    [
        ({"age": f"{AGE}, age1other,"}, {"age": [{"recipient": "age1other"}, {"recipient": AGE}]}),
        ({"age": [AGE]}, {"age": [{"recipient": AGE}], "kms": [], "pgp": None}),
        ({"pgp": "0508 677d d049"}, {"pgp": [{"fp": "0508677DD049"}]}),
        ({"kms": "arn:aws:kms:eu:1:key/a+arn:aws:iam::1:role/r"}, {"kms": [{"arn": "arn:aws:kms:eu:1:key/a"}]}),
        ({"gcp_kms": "projects/p/k"}, {"gcp_kms": [{"resource_id": "projects/p/k"}]}),
        (
            {"azure_keyvault": "https://v.vault.azure.net/keys/k/123"},
            {"azure_kv": [{"vault_url": "https://v.vault.azure.net", "name": "k", "version": "123"}]},
        ),
        (
            {"hc_vault_transit_uri": "https://vault:8200/v1/sops/keys/first"},
            {"hc_vault": [{"vault_address": "https://vault:8200", "engine_path": "sops", "key_name": "first"}]},
        ),
        (
            {"age": "age1ignored", "key_groups": [{"age": [AGE]}, {"merge": [{"pgp": ["AB"]}], "kms": [{"arn": "a"}]}]},
            {"key_groups": [{"age": [{"recipient": AGE}]}, {"pgp": [{"fp": "AB"}], "kms": [{"arn": "a"}]}]},
        ),
    ],
)
def test_a_rule_and_the_file_that_it_made_have_the_same_recipients(
    rule: dict[str, Any], metadata: dict[str, Any]
) -> None:
    assert frozenset(rule_recipients(rule)) == metadata_recipients(metadata) != frozenset()


def test_a_rule_without_recipients_has_none() -> None:
    assert list(rule_recipients({"path_regex": "x", "encrypted_regex": "y"})) == []
