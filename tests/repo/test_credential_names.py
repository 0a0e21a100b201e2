from __future__ import annotations

import pytest

from gitlint_ops.repo.credential_names import credential_kind, is_plain_name, words_of


@pytest.mark.parametrize("name", ["dbPassword", "DB_PASSWORD", "db-password", "db.password"])
def test_all_spellings_have_the_same_words(name: str) -> None:
    assert words_of(name) == ("db", "password")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("POSTGRES_PASSWORD", "password"),
        ("adminpassword", "password"),
        ("DB_PASS", "password"),
        ("password1", "password"),
        ("apiKey", "API key"),
        ("AWS_SECRET_ACCESS_KEY", "secret key"),
        ("clientSecret", "secret key"),
        ("sshPrivateKey", "private key"),
        ("githubToken", "token"),
        ("bearerToken", "token"),
    ],
)
def test_names_of_credentials(name: str, kind: str) -> None:
    assert credential_kind(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "passwordSecretRef",
        "existingSecret",
        "existingSecretPasswordKey",
        "tokenSecretName",
        "tokenPath",
        "passwordFile",
        "maxTokens",
        "max_token",
        "passwordPolicy",
        "secretName",
        "tokenUrl",
        "trustStorePassword",
        "vault_secret_key",
        "NOPASSWD",
        "accessKeyID",
        "image",
        "",
        "42",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert credential_kind(name) == ""


def test_names_that_stand_beside_a_credential() -> None:
    assert all(is_plain_name(name) for name in ("username", "DB_HOST", "ca.crt", "tls.crt", "url", "github_app_id"))
    assert not any(is_plain_name(name) for name in ("password", "tls.key", "something"))
