"""What an AppProject permits: Argo CD's own table of destinations, and the namespaces of Applications."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.lint.checks.support import findings

HERE = "https://kubernetes.default.svc"
Entry = tuple[str, str, str]
"""Server, name and namespace."""


def entries(*texts: Entry) -> list[Mapping[str, str]]:
    return [{"server": server, "name": name, "namespace": namespace} for server, name, namespace in texts]


def project(destinations: Sequence[Mapping[str, str]], **fields: object) -> Mapping[str, object]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {"name": "web", "namespace": "argocd"},
        "spec": {"sourceRepos": ["*"], "destinations": destinations, **fields},
    }


def application(destination: Mapping[str, str], namespace: str = "argocd") -> Mapping[str, object]:
    source = {"repoURL": "https://charts.acme.example", "chart": "web", "targetRevision": "1.0.0"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"project": "web", "source": source, "destination": destination},
    }


def refused(root: Path, *objects: Mapping[str, object]) -> list[str]:
    files = {f"argocd/{index}.yaml": json.dumps(item) for index, item in enumerate(objects)}
    return [item.message for item in findings(root, files, "invalid-application")]


# pkg/apis/application/v1alpha1/types_test.go: TestAppProject_IsDestinationPermitted, ..._IsNegatedDestinationPermitted
DESTINATIONS: tuple[tuple[Sequence[Entry], Entry, bool], ...] = (
    ([(HERE, "", "default")], (HERE, "", "default"), True),
    ([(HERE, "", "default")], (HERE, "", "kube-system"), False),
    ([("https://my-cluster", "", "default")], (HERE, "", "default"), False),
    ([(HERE, "", "*")], (HERE, "", "kube-system"), True),
    ([("https://*.default.svc", "", "default")], (HERE, "", "default"), True),
    ([("https://team1-*", "", "default")], ("https://test2-dev-cluster", "", "default"), False),
    ([(HERE, "", "test-*")], (HERE, "", "test-foo"), True),
    ([(HERE, "", "test-*")], (HERE, "", "test"), False),
    ([("*", "", "*")], (HERE, "", "test"), True),
    ([("", "test", "*")], ("", "test", "test"), True),
    ([("", "test2", "*")], ("", "test", "test"), False),
    ([("!" + HERE, "", "default")], (HERE, "", "default"), False),
    ([(HERE, "", "!default")], (HERE, "", "kube-system"), True),
    ([("!https://my-cluster", "", "default")], (HERE, "", "default"), True),
    ([("!" + HERE, "", "*")], (HERE, "", "kube-system"), False),
    ([("!https://*.default.svc", "", "default")], (HERE, "", "default"), False),
    ([("!https://team1-*", "", "default")], ("https://test2-dev-cluster", "", "default"), True),
    ([(HERE, "", "!test-*")], (HERE, "", "test-foo"), False),
    ([(HERE, "", "!test-*")], (HERE, "", "test"), True),
    ([("", "!test", "*")], ("", "test", "test"), False),
    ([("", "!test2", "*")], ("", "test", "test"), True),
    ([("*", "", "kube-system"), ("*", "", "!kube-system")], (HERE, "", "kube-system"), False),
    ([("*", "", "*"), ("*", "", "!kube-system")], (HERE, "", "kube-system"), False),
    ([(HERE, "", "*"), ("!" + HERE, "", "*")], (HERE, "", "kube-system"), False),
    ([("*", "", "*"), ("!" + HERE, "", "kube-system")], (HERE, "", "kube-system"), False),
    (
        [("*", "", "*"), ("!" + HERE, "", "kube-system"), ("*", "", "!kube-system")],
        (HERE, "", "default"),
        True,
    ),
    (
        [("*", "", "*"), ("!" + HERE, "", "kube-system"), ("*", "", "!kube-system")],
        ("https://test-dev-cluster", "", "kube-system"),
        False,
    ),
    ([("", "test", "*"), ("", "!test", "*")], ("", "test", "test"), False),
    ([("*", "", "test"), ("!https://test-server", "", "other")], ("https://test-server", "", "test"), True),
    ([("*", "", "*"), ("https://test-server", "", "!other")], ("https://other-test-server", "", "other"), True),
    (
        [("https://host", "host", "!{kube-system,argocd}"), ("https://cluster", "cluster", "*")],
        ("https://cluster", "", "kube-system"),
        True,
    ),
)


@pytest.mark.parametrize(("permitted", "destination", "is_permitted"), DESTINATIONS)
def test_destinations(permitted: Sequence[Entry], destination: Entry, is_permitted: bool, tmp_path: Path) -> None:
    (target,) = entries(destination)
    found = refused(
        tmp_path, project(entries(*permitted)), application({key: text for key, text in target.items() if text})
    )
    assert [" does not permit the destination namespace " in message for message in found] == [True] * (
        not is_permitted
    )


def test_a_cluster_that_the_project_names_in_another_way_may_be_any(tmp_path: Path) -> None:
    by_name = application({"name": "prod-eu", "namespace": "web"})
    assert refused(tmp_path / "a", project(entries(("https://eu.example.com", "", "web"))), by_name) == []
    assert refused(tmp_path / "b", project(entries(("!https://eu.example.com", "", "web"))), by_name) == []


def test_applications_outside_argo_cds_own_namespace(tmp_path: Path) -> None:
    there, everywhere = {"server": HERE, "namespace": "web"}, entries(("*", "", "*"))
    (message,) = refused(tmp_path / "a", project(everywhere), application(there, "team-web"))
    assert message == (
        "Application web: its AppProject 'web' does not permit Applications in namespace 'team-web', so Argo CD does "
        "not process it; name that namespace there"
    )
    for number, listed in enumerate((["team-*"], ["/team-(web|api)/"])):
        permitting = project(everywhere, sourceNamespaces=listed)
        assert refused(tmp_path / str(number), permitting, application(there, "team-web")) == []
    assert refused(tmp_path / "c", project(everywhere), application(there, "openshift-gitops")) == []


def cluster(**data: str) -> Mapping[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "eu", "namespace": "argocd", "labels": {"argocd.argoproj.io/secret-type": "cluster"}},
        "stringData": {"name": "prod-eu", "server": "https://eu.example.com", **data},
    }


@pytest.mark.parametrize("destination", [{"name": "prod-eu"}, {"server": "https://eu.example.com/"}])
def test_clusters_of_the_project_alone(destination: Mapping[str, str], tmp_path: Path) -> None:
    scoped = project(entries(("*", "", "*")), permitOnlyProjectScopedClusters=True)
    target = application({**destination, "namespace": "web"})
    label = next(iter(destination.values())).rstrip("/")
    for number, (secret, owner) in enumerate(((cluster(), "no project"), (cluster(project="api"), "project 'api'"))):
        (message,) = refused(tmp_path / str(number), scoped, target, secret)
        assert message == (
            f"Application web: its AppProject 'web' does not permit the destination cluster {label}, whose Secret "
            f"names {owner}; see permitOnlyProjectScopedClusters there, so Argo CD does not sync it"
        )
    for number, secret in enumerate((cluster(project="web"), cluster(project="ENC[AES256_GCM,data:aGk=]"))):
        assert refused(tmp_path / f"fine-{number}", scoped, target, secret) == []
    assert refused(tmp_path / "unknown", scoped, target) == []
    assert refused(tmp_path / "open", project(entries(("*", "", "*"))), target, cluster()) == []
