from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.references.makers import Made, Makers, maker_of, own_makers

OWN = Makers(own_makers())


def made(group: str, kind: str, **data: Any) -> set[tuple[str, str, str]]:
    value = {"metadata": {"name": "orders", "namespace": "shop"}, **data}
    return {(item.kind, item.name, item.namespace) for item in OWN.made_by(group, kind, value)}


@pytest.mark.parametrize(
    ("group", "kind", "data", "expected"),
    [
        ("cert-manager.io", "Certificate", {"spec": {"secretName": "tls"}}, ("Secret", "tls", "")),
        ("external-secrets.io", "ExternalSecret", {"spec": {"target": {"name": "db"}}}, ("Secret", "db", "")),
        ("external-secrets.io", "ExternalSecret", {"spec": {}}, ("Secret", "orders", "")),
        ("bitnami.com", "SealedSecret", {"spec": {"encryptedData": {}}}, ("Secret", "orders", "")),
        ("isindir.github.com", "SopsSecret", {"spec": {"secretTemplates": [{"name": "a"}]}}, ("Secret", "a", "")),
        ("onepassword.com", "OnePasswordItem", {}, ("Secret", "orders", "")),
        (
            "secrets.hashicorp.com",
            "VaultStaticSecret",
            {"spec": {"destination": {"name": "v"}}},
            ("Secret", "v", ""),
        ),
        ("postgresql.cnpg.io", "Cluster", {}, ("Service", "orders-rw", "")),
        ("kafka.strimzi.io", "KafkaUser", {}, ("Secret", "orders", "")),
        ("trust.cert-manager.io", "Bundle", {}, ("ConfigMap", "orders", "*")),
        (
            "apps",
            "StatefulSet",
            {"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}},
            ("PersistentVolumeClaim", "data-orders-*", ""),
        ),
        (
            "database.example.org",
            "Instance",
            {"spec": {"writeConnectionSecretToRef": {"name": "conn", "namespace": "infra"}}},
            ("Secret", "conn", "infra"),
        ),
        (
            "kyverno.io",
            "ClusterPolicy",
            {"spec": {"rules": [{"generate": {"kind": "Secret", "name": "pull-{{request.object.metadata.name}}"}}]}},
            ("Secret", "pull-*", "*"),
        ),
    ],
)
def test_what_operators_make(group: str, kind: str, data: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert expected in made(group, kind, **data)


def test_an_annotation_asks_for_a_certificate() -> None:
    spec = {"tls": [{"secretName": "tls"}]}
    asked = {"metadata": {"name": "web", "annotations": {"cert-manager.io/cluster-issuer": "ca"}}, "spec": spec}
    plain = {"metadata": {"name": "web"}, "spec": spec}
    assert list(OWN.made_by("networking.k8s.io", "Ingress", asked)) == [Made("Secret", "tls", "")]
    assert list(OWN.made_by("networking.k8s.io", "Ingress", plain)) == []


def test_a_value_is_not_looked_into_again() -> None:
    assert made("cert-manager.io", "Certificate", spec={"secretName": "{spec.secretName}"}) == {
        ("Secret", "{spec.secretName}", "")
    }


@pytest.mark.parametrize("value", [None, [], "text", {"name": 3}, [{"name": {}}]])
def test_values_of_other_types_make_nothing_that_is_not_named(value: Any) -> None:
    assert made("isindir.github.com", "SopsSecret", spec={"secretTemplates": value}) == set()


def test_every_entry_names_what_it_makes() -> None:
    assert all(maker.makes and maker.kinds and maker.groups for maker in own_makers())


def test_an_entry_of_the_configuration() -> None:
    entry = {"group": "example.com", "kinds": ["Queue"], "makes": {"Secret": ["{metadata.name}-login"]}}
    makers = Makers([maker_of(entry)])
    data = {"metadata": {"name": "mail"}}
    assert list(makers.made_by("example.com", "Queue", data)) == [Made("Secret", "mail-login", "")]
    assert list(makers.made_by("example.org", "Queue", data)) == []


def test_a_text_that_is_too_long_is_no_name() -> None:
    assert made("cert-manager.io", "Certificate", spec={"secretName": "{{" * 100_000}) == set()


def test_what_one_object_makes_is_bounded() -> None:
    many = Makers([maker_of({"kinds": ["Many"], "makes": {"Secret": ["{spec.a[]}-{spec.b[]}"]}})])
    names = [str(number) for number in range(1_000)]
    assert len(list(many.made_by("x.y", "Many", {"spec": {"a": names, "b": names}}))) == 10_000


@pytest.mark.parametrize(
    ("group", "kind", "known"),
    [
        ("bitnami.com", "SealedSecret", True),
        ("mysql.presslabs.org", "MysqlCluster", True),
        ("networking.k8s.io", "Ingress", True),
        ("tokens.example.org", "ServiceToken", False),
    ],
)
def test_what_any_object_may_make_tells_nothing_of_a_kind(group: str, kind: str, known: bool) -> None:
    assert OWN.know(group, kind) is known
