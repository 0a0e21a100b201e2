from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gitlint_ops.lint.diff.dangers import dangers_of, fate_of
from gitlint_ops.render.compare import FieldChange, ObjectChange
from gitlint_ops.render.compare.fields import FieldComparison
from gitlint_ops.repo.model import Delivery, SyncPolicy
from tests.lint.support import delivery, rendered

STATEFUL = ("/PersistentVolumeClaim",)


def _object(kind: str, api_version: str = "v1", owner: Delivery | None = None, **fields: Any) -> Any:
    data = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "web", **fields.pop("metadata", {})},
        **fields,
    }
    return rendered(data, owner)


def _changed(kind: str, api_version: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> ObjectChange:
    old, new = _object(kind, api_version, **before), _object(kind, api_version, **after)
    fields: tuple[FieldChange, ...] = FieldComparison(api_version.rpartition("/")[0]).compare(old.data, new.data)
    return ObjectChange("changed", old, new, fields)


def _told(change: ObjectChange) -> list[tuple[str, str]]:
    return [(danger.name, danger.reason) for danger in dangers_of(change, None, STATEFUL)]


def _pod(container: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1", **container}], **spec}}}}


RESTART = ("pod-restart", "the pods of a changed Deployment are replaced")


@pytest.mark.parametrize(
    ("before", "after", "dangers"),
    [
        (_pod({}), _pod({"image": "web:2"}), []),
        (
            _pod({}),
            _pod({}, hostNetwork=True),
            [("widened-privilege", "the pods get the host's network (hostNetwork)")],
        ),
        (
            _pod({}),
            _pod({"securityContext": {"privileged": True}}),
            [("widened-privilege", "container web is privileged")],
        ),
        (
            _pod({"securityContext": {"runAsNonRoot": True}}),
            _pod({}),
            [("widened-privilege", "container web may run as root (no runAsNonRoot any more)")],
        ),
        (
            _pod({"readinessProbe": {"httpGet": {"port": 80}}}),
            _pod({}),
            [("lost-availability", "container web has no readinessProbe any more")],
        ),
    ],
)
def test_pods(before: Any, after: Any, dangers: list[tuple[str, str]]) -> None:
    assert _told(_changed("Deployment", "apps/v1", before, after)) == sorted([*dangers, RESTART])


@pytest.mark.parametrize(
    ("marks", "controller", "kind", "refused"),
    [
        ({}, "argocd", "Application", True),
        ({"argocd.argoproj.io/hook": "Sync"}, "argocd", "Application", False),
        ({"argocd.argoproj.io/hook": "Sync"}, "flux", "Kustomization", True),
        ({"helm.sh/hook": "pre-upgrade"}, "argocd", "Application", False),
        ({"helm.sh/hook": "pre-upgrade"}, "flux", "HelmRelease", False),
        ({"helm.sh/hook": "pre-upgrade"}, "flux", "Kustomization", True),
        ({"helm.sh/hook": "pre-upgrade"}, "none", "", False),
        (
            {"argocd.argoproj.io/hook": "Sync", "argocd.argoproj.io/hook-delete-policy": "HookFailed"},
            "argocd",
            "Application",
            True,
        ),
        (
            {"helm.sh/hook": "pre-upgrade", "helm.sh/hook-delete-policy": "hook-failed, before-hook-creation"},
            "argocd",
            "Application",
            False,
        ),
    ],
)
def test_a_hook_that_is_deleted_first_may_change(
    marks: Mapping[str, str], controller: Any, kind: str, refused: bool
) -> None:
    owner = replace(delivery("web", controller=controller), kind=kind)
    old, new = (
        _object("Job", "batch/v1", owner, metadata={"annotations": marks}, **_pod({"image": image}))
        for image in ("web:1", "web:2")
    )
    change = ObjectChange("changed", old, new, FieldComparison("batch").compare(old.data, new.data))
    assert any(name == "immutable-field" for name, _ in _told(change)) is refused


@pytest.mark.parametrize(
    ("kind", "api_version", "before", "after", "danger"),
    [
        (
            "Deployment",
            "apps/v1",
            {"spec": {"replicas": 3}},
            {"spec": {"replicas": 1}},
            ("lost-replicas", "replicas 3 becomes 1"),
        ),
        (
            "Deployment",
            "apps/v1",
            {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "2"}}}},
            (
                "immutable-field",
                "spec.selector.matchLabels.a cannot be changed: the API server refuses it and the sync fails",
            ),
        ),
        (
            "PersistentVolume",
            "v1",
            {"spec": {"capacity": {"storage": "1Gi"}, "nfs": {"path": "/a"}}},
            {"spec": {"capacity": {"storage": "2Gi"}, "nfs": {"path": "/b"}}},
            ("immutable-field", "spec.nfs.path cannot be changed: the API server refuses it and the sync fails"),
        ),
        (
            "ClusterRole",
            "rbac.authorization.k8s.io/v1",
            {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
            {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "delete"]}]},
            ("widened-privilege", "it may delete pods"),
        ),
        (
            "Service",
            "v1",
            {"spec": {"type": "ClusterIP"}},
            {"spec": {"type": "LoadBalancer"}},
            ("opened-network", "the Service is reachable from outside of the cluster (LoadBalancer)"),
        ),
        (
            "PersistentVolumeClaim",
            "v1",
            {"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}},
            {},
            ("weakened-sync-protection", "Prune=false is gone, so it may be deleted without asking"),
        ),
        (
            "Application",
            "argoproj.io/v1alpha1",
            {"spec": {"syncPolicy": {"automated": {}}}},
            {"spec": {"syncPolicy": {"automated": {"prune": True}}}},
            ("weakened-sync-protection", "Application web prunes by itself"),
        ),
    ],
)
def test_kinds(kind: str, api_version: str, before: Any, after: Any, danger: tuple[str, str]) -> None:
    assert _told(_changed(kind, api_version, before, after)) == [danger]
    backwards = _told(_changed(kind, api_version, after, before))
    assert backwards == [] or danger[0] == "immutable-field"


@pytest.mark.parametrize(
    ("item", "danger"),
    [
        (_object("Namespace"), ("deleted-namespace", "everything in namespace web goes with it")),
        (_object("PersistentVolumeClaim"), ("data-loss", "the data of PersistentVolumeClaim web goes with it")),
        (
            _object("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
            ("deleted-crd", "every object of the kind goes with CustomResourceDefinition web"),
        ),
        (
            _object("Deployment", "apps/v1", spec={"replicas": 2}),
            ("lost-replicas", "Deployment web stops (2 replicas)"),
        ),
        (
            _object("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
            ("deleted-delivery", "everything that HelmRelease web applied goes with it"),
        ),
    ],
)
def test_removed_objects(item: Any, danger: tuple[str, str]) -> None:
    assert _told(ObjectChange("removed", item, None)) == [danger]


def test_a_new_role_is_no_danger_unless_it_may_do_everything() -> None:
    api = "rbac.authorization.k8s.io/v1"
    plain = _object("Role", api, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    strong = _object("Role", api, rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])
    assert _told(ObjectChange("added", None, plain)) == []
    assert _told(ObjectChange("added", None, strong)) == [("widened-privilege", "it may * * of *")]


def test_the_network_policy_of_another_api_is_not_read_as_one_of_kubernetes() -> None:
    spec = {"ingress": [{"action": "Allow", "source": {"selector": "app == 'web'"}}]}
    assert _told(ObjectChange("added", None, _object("NetworkPolicy", "crd.projectcalico.org/v1", spec=spec))) == []
    everywhere = ("opened-network", "a rule permits ingress from everywhere")
    ours = _object("NetworkPolicy", "networking.k8s.io/v1", spec={"ingress": [{}]})
    assert _told(ObjectChange("added", None, ours)) == [everywhere]


def test_what_becomes_of_a_removed_object() -> None:
    owner = delivery("web", controller="argocd", sync=SyncPolicy(automated=True, prune=True))
    change = ObjectChange("removed", _object("ConfigMap", owner=owner), None)
    keeping = replace(owner, sync=SyncPolicy(automated=True))
    words = [fate_of(change, now) for now in ({owner.id: owner}, {owner.id: keeping}, {})]
    assert [(fate.deleted, fate.words) for fate in words if fate] == [
        (True, "is pruned: Folder web does so by itself"),
        (False, "stays in the cluster, of no delivery any more (Folder web does not prune)"),
        (False, "stays in the cluster when Folder web goes: it does not cascade"),
    ]
