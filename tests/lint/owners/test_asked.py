from __future__ import annotations

import pytest

from gitlint_ops.lint.owners.asked import Asked, Mark, asked_in_words
from gitlint_ops.lint.owners.kinds import is_kind, made_from
from gitlint_ops.lint.owners.pasted import read_pasted

KINDS = frozenset({"deployment", "widget"})


@pytest.mark.parametrize(
    ("words", "namespace", "asked"),
    [
        (["deploy/web"], "", Asked("web", "deploy")),
        (["deployments.apps/web"], "shop", Asked("web", "deployments.apps", "shop")),
        (["Widget", "big"], "shop", Asked("big", "Widget", "shop")),
        (["shop/deploy/web"], "", Asked("web", "deploy", "shop")),
        (["apps/Deployment/shop/web"], "", Asked("web", "Deployment", "shop")),
        (["Deployment/shop/web"], "", Asked("web", "Deployment", "shop")),
        (["shop/web"], "", Asked("web", namespace="shop")),
        (["web"], "", Asked("web")),
    ],
)
def test_an_object_in_words(words: list[str], namespace: str, asked: Asked) -> None:
    assert asked_in_words(words, namespace, KINDS) == asked


@pytest.mark.parametrize("words", [["deploy/"], ["a/b/c/d/e"], ["a", "b", "c", "d", "e"], [""]])
def test_what_names_no_object(words: list[str]) -> None:
    assert asked_in_words(words, "", KINDS) is None


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("deploy", "Deployment"),
        ("deployments.apps", "Deployment"),
        ("ingresses", "Ingress"),
        ("networkpolicies", "NetworkPolicy"),
        ("Endpoints", "Endpoints"),
        ("storageclass", "StorageClass"),
        ("", "Anything"),
    ],
)
def test_a_kind_by_any_of_its_names(asked: str, kind: str) -> None:
    assert is_kind(asked, kind)
    assert not is_kind("secret", kind)


@pytest.mark.parametrize(
    ("kind", "name", "maker"),
    [
        ("pod", "web-7d9f8b6c5d-x2x9z", ("deployment", "web")),
        ("rs", "web-7d9f8b6c5d", ("deployment", "web")),
        ("pod", "db-0", ("statefulset", "db")),
        ("po", "agent-x2x9z", ("daemonset", "agent")),
        ("job", "backup-28391820", ("cronjob", "backup")),
        ("pod", "backup-28391820-x2x9z", ("cronjob", "backup")),
        ("endpointslice", "web-x2x9z", ("service", "web")),
        ("", "web-7d9f8b6c5d-x2x9z", ("deployment", "web")),
    ],
)
def test_what_made_an_object(kind: str, name: str, maker: tuple[str, str]) -> None:
    assert maker in list(made_from(kind, name))


def _no_yaml(text: str) -> list[object]:
    raise AssertionError(f"this is no YAML: {text}")


DEPLOYMENTS = """\
NAMESPACE   NAME   READY   UP-TO-DATE   AVAILABLE   AGE
shop        web    1/1     1            1           5d
shop        api    0/1     1            0           5d
"""
ALL = """\
NAME                       READY   STATUS    RESTARTS   AGE
pod/web-7d9f8b6c5d-x2x9z   1/1     Running   0          5d

NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/web   ClusterIP   10.0.0.1     <none>        80/TCP    5d
"""


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (DEPLOYMENTS, [Asked("web", "deployment", "shop"), Asked("api", "deployment", "shop")]),
        (ALL, [Asked("web-7d9f8b6c5d-x2x9z", "pod", "default"), Asked("web", "service", "default")]),
        ("NAME   READY   AGE\ndb     1/1     5d\n", [Asked("db", "statefulset", "default")]),
        (
            "deployment.apps/web\nconfigmap/a\n",
            [Asked("web", "deployment.apps", "default"), Asked("a", "configmap", "default")],
        ),
        ("deployment.apps/web configured\n", [Asked("web", "deployment.apps", "default")]),
        ("shop web 1/1 1 1 5d\n", [Asked("web", "", "shop")]),
        ("No resources found\n", []),
        ("", []),
    ],
)
def test_what_kubectl_prints(text: str, asked: list[Asked]) -> None:
    assert read_pasted(text, "default", _no_yaml) == tuple(asked)


def test_a_live_object_names_its_delivery_and_its_maker() -> None:
    live = {
        "kind": "ReplicaSet",
        "metadata": {
            "name": "web-7d9f8b6c5d",
            "namespace": "shop",
            "labels": {
                "kustomize.toolkit.fluxcd.io/name": "apps",
                "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
            },
            "annotations": {"argocd.argoproj.io/tracking-id": "team_web-prod:apps/ReplicaSet:shop/web-7d9f8b6c5d"},
            "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": True}, {"kind": "X", "name": "y"}],
        },
    }
    (asked,) = read_pasted("kind: List", "", lambda _: [{"kind": "List", "items": [live]}])
    assert asked.marks == (Mark("Application", "web-prod", "team"), Mark("Kustomization", "apps", "flux-system"))
    assert (asked.kind, asked.namespace, asked.made_by) == ("ReplicaSet", "shop", (("Deployment", "web"),))
