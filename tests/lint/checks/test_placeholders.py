from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.placeholders import is_placeholder, is_weak


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "<path:kv/data/db#password>",
        "<your-password>",
        "ref+vault://kv/db#password",
        "op://prod/db/password",
        "op://Services/Unifi Controller/external_dns",
        "vault:secret/data/db#password",
        "${DB_PASSWORD}",
        "$(DB_PASSWORD)",
        "$DB_PASSWORD",
        "{MQTT_PASSWORD}",
        "$argocd-secret:oidc.clientSecret",
        "{{ .Values.password }}",
        "{{ .user }}:{{ .password }}",
        "${{ secrets.TOKEN }}",
        "x-access-token:${{ secrets.TOKEN }}",
        "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]",
        "Ag" + "Bx7K" * 80,
        "arn:aws:secretsmanager:eu-west-1:1:secret:db",
        "!env_var SONARR_API_KEY",
        "REPLACE_ME",
        "__REPLACE_ME__",
        "UPDATE_AWS_SECRET_ACCESS_KEY",
        "your-token-here",
        "xxxxxxxx",
        "********",
        "TODO",
        "not set",
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "s3cr3t!",
        "changeme",
        "${USER}:hunter2",
        "{USER}:hunter2",
        "{hunter2}",
        "op://hunter2",
        "{{ .x }}-hunter2",
        "password",
        "Aga1b2",
        "putty-9X1",
        "a",
    ],
)
def test_what_could_be_a_secret_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["changeme", "ChangeMe!", "change-it", "please change me", "password1", "admin", "my-password"]
)
def test_passwords_of_examples_are_weak(text: str) -> None:
    assert is_weak(text)
    assert not is_weak("hunter2")
