from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from gitlint_ops.lint.checks.secret_objects import is_secret, plain_fields


def _plain(values: dict[str, Any], *, deployed: bool = True, labels: dict[str, str] | None = None) -> list[str]:
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": {"labels": labels or {}}, "stringData": values}
    return [str(path[-1]) for path in plain_fields(data, deployed=deployed)]


def _encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_only_core_secrets_are_secrets() -> None:
    assert is_secret({"apiVersion": "v1", "kind": "Secret"})
    assert not is_secret({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret"})


@pytest.mark.parametrize(
    "values",
    [
        {"password": "hunter2"},
        {"foo": "zx81-and-more"},
        {"url": "postgres://u:pa55@db/x"},
        {"users": "alice9\nbob77"},
        {"htpasswd": "admin:$apr1$crx3YHYH$V3nvRgFqOj7J3b"},
        {"app.properties": "smtp.password=hunter2"},
        {"config.yaml": "db:\n  host: db\n  password: hunter2\n"},
        {".dockerconfigjson": json.dumps({"auths": {"r.example": {"auth": _encoded("u:hunter2")}}})},
        {"verify": 123456789},
    ],
)
def test_plain_values(values: dict[str, Any]) -> None:
    assert _plain(values) == list(values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"password": ""},
        {"password": None},
        {"password": "<path:kv/db#password>"},
        {"password": "${PASSWORD}"},
        {"password": "ENC[AES256_GCM,data:x,type:str]"},
        {"password": "__REPLACE_ME__"},
        {"token": "/var/run/secrets/kubernetes.io/serviceaccount/token"},
        {"username": "app", "host": "db.example", "port": "5432", "url": "https://db.example"},
        {"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"},
        {"trustStorePassword": "changeit"},
        {"CLUSTER_NAME": "prod", "replicas": "3", "verbose": "true", "mail": "a@b.example"},
        {"app.properties": "log.level=info\n# password=hunter2\ncolor=blue"},
        {"login.config": "activemq {\n  org.example.Module sufficient\n  debug=true;\n};"},
        {".dockerconfigjson": json.dumps({"auths": {}})},
    ],
)
def test_values_that_are_no_secrets(values: dict[str, Any]) -> None:
    assert _plain(values) == []


def test_an_examples_password_is_plain_only_where_it_is_deployed() -> None:
    assert _plain({"password": "changeme"}) == ["password"]
    assert _plain({"password": "changeme"}, deployed=False) == []


def test_data_is_decoded_first() -> None:
    data = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": _encoded("hunter2x9"), "b": _encoded(""), "host": _encoded("db")},
    }
    assert plain_fields(data, deployed=True) == (("data", "a"),)


def test_bytes_are_judged_by_their_key() -> None:
    store = _encoded(b"\xfe\xed\xfe\xed\x00\x01")
    data = {"apiVersion": "v1", "kind": "Secret", "data": {"keystore.jks": store, "truststore.jks": store}}
    assert plain_fields(data, deployed=True) == (("data", "keystore.jks"),)


def test_argo_cd_declarations_are_plain_by_their_credentials_only() -> None:
    labels = {"argocd.argoproj.io/secret-type": "repository"}
    repository = {"type": "git", "url": "https://git.example/x.git", "project": "shop", "name": "anything-1"}
    assert _plain(repository, labels=labels) == []
    assert _plain({**repository, "password": "hunter2"}, labels=labels) == ["password"]
    cluster = {"argocd.argoproj.io/secret-type": "cluster"}
    assert _plain({"config": json.dumps({"tlsClientConfig": {"caData": "LS0t"}})}, labels=cluster) == []
    assert _plain({"config": json.dumps({"bearerToken": "9f8Zk2Lq7Wn4Xc1V"})}, labels=cluster) == ["config"]


def test_what_only_examples_hold_counts_where_somebody_applies_it() -> None:
    example = json.dumps({"auths": {"r.example": {"username": "me", "auth": _encoded("changeme:changeme")}}})
    real = json.dumps({"auths": {"r.example": {"auth": _encoded("me:hunter2-and-more")}}})
    values = {"example": example, "real": real, "password": "changeme"}
    assert _plain(values) == ["example", "real", "password"]
    assert _plain(values, deployed=False) == ["real"]
