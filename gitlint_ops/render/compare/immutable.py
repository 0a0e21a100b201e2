"""Fields that the API server lets nobody change: an object that changes one is refused, or made anew by force.

From the validation of updates in Kubernetes (pkg/apis/*/validation): ValidateStatefulSetUpdate, ValidateJobUpdate,
ValidatePersistentVolumeClaimUpdate, ValidateServiceUpdate and their like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.render.compare.model import FieldChange, ObjectChange
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.views import sync_options
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_FIXED: Mapping[tuple[str, str], tuple[FieldPath, ...]] = {
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "ReplicaSet"): (("spec", "selector"),),
    ("batch", "Job"): (("spec", "selector"), ("spec", "template"), ("spec", "completionMode")),
    ("", "Secret"): (("type",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("scheduling.k8s.io", "PriorityClass"): (("value",), ("preemptionPolicy",)),
    ("storage.k8s.io", "StorageClass"): (
        ("provisioner",),
        ("parameters",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        ("spec", "group"),
        ("spec", "scope"),
        ("spec", "names", "kind"),
    ),
}
_FREE_IN_SPEC: Mapping[tuple[str, str], frozenset[str]] = {
    ("apps", "StatefulSet"): frozenset(
        {
            *("minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "replicas"),
            *("revisionHistoryLimit", "template", "updateStrategy"),
        }
    ),
    ("", "PersistentVolume"): frozenset(
        {
            *("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy"),
            *("storageClassName", "volumeAttributesClassName"),
        }
    ),
    ("", "PersistentVolumeClaim"): frozenset({"resources", "volumeAttributesClassName"}),
}
"""Kinds whose spec may change in these fields only. A volume's source stands in the spec under a name of its own."""
_SET_LATER = ("spec", "csi", "controllerExpandSecretRef")
"""A field of a PersistentVolume that may be set where it is not there yet."""


_HOOKS = {"argocd": ("argocd.argoproj.io/hook", "helm.sh/hook"), "flux": ("helm.sh/hook",)}
"""Annotations that make an object a hook, by controller."""
_GONE_BEFORE = frozenset({"beforehookcreation", "before-hook-creation", "hooksucceeded", "hook-succeeded"})
"""Policies by which a hook that ran is deleted before it is to run again."""


def immutable_changes(change: ObjectChange) -> Iterator[FieldChange]:
    """Give the changed fields of an object that cannot be changed while it exists; none of a hook's, which is gone."""
    if change.before is None or change.after is None or _is_made_each_time(change.before):
        return
    kind = (api_group(change.after.api_version), change.after.kind)
    for field in change.fields:
        if _is_fixed(kind, field, change.before):
            yield field


def _is_fixed(kind: tuple[str, str], field: FieldChange, before: RenderedObject) -> bool:
    path = field.path
    free = _FREE_IN_SPEC.get(kind)
    if free is not None and path[:1] == ("spec",):
        return len(path) > 1 and path[1] not in free and not (field.kind == "added" and path == _SET_LATER)
    if kind in (("", "ConfigMap"), ("", "Secret")) and before.data.get("immutable") is True:
        return path[:1] in (("data",), ("binaryData",), ("stringData",), ("immutable",)) or path == ("type",)
    if kind == ("", "Service") and path[:2] == ("spec", "clusterIP"):
        return field.kind == "changed" and "None" in (field.before, field.after)
    return any(path[: len(fixed)] == fixed for fixed in _FIXED.get(kind, ()))


def _is_made_each_time(item: RenderedObject) -> bool:
    """Whether an object is a hook that is deleted before it is made again; without a policy every hook is.

    As in gitops-engine's pkg/sync/hook/delete_policy.go and Helm's pkg/action/hooks.go.
    """
    marks = mapping(item.data, "metadata", "annotations")
    keys = [key for key in _HOOKS.get(item.delivery.controller, _HOOKS["argocd"]) if marks.get(key)]
    if not keys or item.delivery.kind == "Kustomization":
        return False
    policies = {name.strip().lower() for name in str(marks.get(f"{keys[0]}-delete-policy") or "").split(",")} - {""}
    return not policies or bool(policies & _GONE_BEFORE)


def made_anew_by(item: RenderedObject) -> str:
    """Give the setting that has its controller delete and create an object that cannot be changed; '' for none."""
    spec = mapping(item.delivery.object, "spec")
    annotations = mapping(item.data, "metadata", "annotations")
    if item.delivery.controller == "flux":
        return _flux_force(item.delivery.kind, spec, annotations)
    options = sync_options(item.data).union(item.delivery.sync.options)
    if "Replace=true" in options:
        return "Replace=true"
    return "Force=true" if "Force=true" in options else ""


def _flux_force(kind: str, spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> str:
    if kind == "HelmRelease":
        return "upgrade.force" if mapping(spec, "upgrade").get("force") is True else ""
    if annotations.get("kustomize.toolkit.fluxcd.io/force") in ("enabled", "Enabled"):
        return "kustomize.toolkit.fluxcd.io/force"
    return "force: true" if spec.get("force") is True else ""
