from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.references.contents import keys_of
from tests.lint.support import rendered

STORE = "external-secrets.io/v1"


@pytest.mark.parametrize(
    ("api", "kind", "fields", "expected"),
    [
        ("v1", "ConfigMap", {"data": {"a": ""}, "binaryData": {"b": ""}}, {"a", "b"}),
        ("v1", "Secret", {"data": {"a": ""}, "stringData": {"c": ""}}, {"a", "c"}),
        ("v1", "Secret", {"data": {}}, None),
        ("v1", "Secret", {"data": ["a"]}, None),
        ("v1", "Service", {"data": {"a": ""}}, None),
        ("bitnami.com/v1alpha1", "SealedSecret", {"spec": {"encryptedData": {"a": "x"}}}, {"a"}),
        ("cert-manager.io/v1", "Certificate", {"spec": {}}, {"tls.crt", "tls.key", "ca.crt"}),
        ("cert-manager.io/v1", "Certificate", {"spec": {"keystores": {"jks": {}}}}, None),
        (STORE, "ExternalSecret", {"spec": {"data": [{"secretKey": "a"}]}}, {"a"}),
        (STORE, "ExternalSecret", {"spec": {"data": [{"secretKey": "a"}], "dataFrom": [{}]}}, None),
        (STORE, "ExternalSecret", {"spec": {"target": {"template": {"data": {"t": ""}}}, "dataFrom": [{}]}}, {"t"}),
        (
            STORE,
            "ExternalSecret",
            {"spec": {"target": {"template": {"data": {"t": ""}, "mergePolicy": "Merge"}}, "dataFrom": [{}]}},
            None,
        ),
        (
            STORE,
            "ExternalSecret",
            {"spec": {"target": {"creationPolicy": "Merge"}, "data": [{"secretKey": "a"}]}},
            None,
        ),
    ],
)
def test_the_keys_that_git_tells(api: str, kind: str, fields: dict[str, Any], expected: set[str] | None) -> None:
    item = rendered({"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, **fields})
    assert keys_of(item) == expected


def test_what_the_cluster_fills_has_keys_that_git_does_not_tell() -> None:
    metadata = {"name": "ca", "annotations": {"service.beta.openshift.io/inject-cabundle": "true"}}
    assert keys_of(rendered({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": ""}})) is None
