from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.lint.owners.asked import Asked, Mark
from gitlint_ops.lint.owners.find import Answer, find_owners
from tests.lint.versions.test_collect import opened

Write = Callable[[Mapping[str, str]], Path]

OBJECTS = """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: shop}
    spec: {volumeClaimTemplates: [{metadata: {name: data}}]}
    ---
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: login, namespace: shop}
    spec: {target: {name: credentials}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: db}
    """
RELEASE = """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: podinfo, namespace: podinfo}
    spec:
      interval: 5m
      chart: {spec: {chart: podinfo, version: 6.5.0, sourceRef: {kind: HelmRepository, name: podinfo}}}
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: HelmRepository
    metadata: {name: podinfo, namespace: podinfo}
    spec: {interval: 5m, url: https://charts.example.com}
    """
FILES = {"manifests/objects.yaml": OBJECTS, "releases/podinfo.yaml": RELEASE}


def found(root: Path, asked: Asked) -> Answer:
    with opened(root) as context:
        return find_owners(context, asked)


@pytest.mark.parametrize(
    ("asked", "owners"),
    [
        (Asked("db", "sts", "shop"), [("StatefulSet", "")]),
        (Asked("db-0", "pod", "shop"), [("StatefulSet", "StatefulSet db makes it")]),
        (Asked("data-db-0", "pvc", "shop"), [("StatefulSet", "StatefulSet db makes it")]),
        (Asked("credentials", "secret", "shop"), [("ExternalSecret", "ExternalSecret login makes it")]),
        (Asked("db-x2x9z", "endpointslice", "anywhere"), [("Service", "Service db makes it")]),
        (
            Asked("made", "ReplicaSet", "shop", made_by=(("StatefulSet", "db"),)),
            [("StatefulSet", "StatefulSet db makes it")],
        ),
        (Asked("db", "", "shop"), [("StatefulSet", "")]),
        (Asked("db", "sts", "other"), []),
        (Asked("credentials", "secret", "other"), []),
    ],
)
def test_by_itself_or_by_what_makes_it(asked: Asked, owners: list[tuple[str, str]], write: Write) -> None:
    answer = found(write(FILES), asked)
    assert [(owner.object and owner.object.kind, owner.via) for owner in answer.owners] == owners


def test_what_is_not_rendered_may_own_it(write: Write) -> None:
    answer = found(write(FILES), Asked("podinfo", "deploy", "podinfo"))
    assert answer.owners == ()
    assert [item.label for item in answer.nearest] == ["HelmRelease podinfo", "HelmRepository podinfo"]
    assert [delivery.name for delivery, _ in answer.not_rendered] == ["podinfo"]


def test_a_live_object_names_a_release_that_is_not_rendered(write: Write) -> None:
    mark = Mark("HelmRelease", "podinfo", "podinfo")
    answer = found(write(FILES), Asked("podinfo", "Deployment", "podinfo", marks=(mark,)))
    assert [(owner.delivery.name, owner.object) for owner in answer.owners] == [("podinfo", None)]
    other = Mark("HelmRelease", "podinfo", "elsewhere")
    assert found(write(FILES), Asked("podinfo", "Deployment", "podinfo", marks=(other,))).owners == ()
