"""The pods that objects make: pod templates of Kubernetes' own kinds, and what looks like one in a custom kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import items, mapping

_TEMPLATE = ("spec", "template")
_TEMPLATES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("apps.openshift.io", "DeploymentConfig"): _TEMPLATE,
    ("argoproj.io", "Rollout"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): _TEMPLATE,
    ("extensions", "DaemonSet"): _TEMPLATE,
    ("extensions", "Deployment"): _TEMPLATE,
    ("keda.sh", "ScaledJob"): ("spec", "jobTargetRef", "template"),
    ("serving.knative.dev", "Service"): _TEMPLATE,
}
"""Where each kind keeps the template of its pods."""
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
_NO_PODS = frozenset({"ConfigMap", "CustomResourceDefinition", "Secret", "SealedSecret"})
_BUILT_IN_WITHOUT_PODS = frozenset(
    [
        "ClusterRole",
        "ClusterRoleBinding",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Namespace",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Role",
        "RoleBinding",
        "Service",
        "ServiceAccount",
    ]
)
"""Those that repositories hold most of: they need not be searched."""
_MAX_DEPTH = 12
"""How deep a custom kind is searched for pod templates."""


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods of an object: where the template stands in it, the labels that its pods carry, and their spec."""

    item: RenderedObject
    path: FieldPath
    labels: Mapping[str, str]
    spec: Mapping[str, Any]
    standard: bool
    """Whether the kind is one whose template is all that its pods are; an operator adds labels and containers."""

    @property
    def spec_path(self) -> FieldPath:
        """The path of the pod spec."""
        return (*self.path, "spec")

    def containers(self) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
        """Give the containers of the pods, init and ephemeral ones too, each with its path."""
        for key in CONTAINER_LISTS:
            for at, container in items(self.spec.get(key)):
                yield (*self.spec_path, key, at), container


@lru_cache(maxsize=65536)
def pods_of(item: RenderedObject) -> tuple[Pods, ...]:
    """Give the pods that an object makes: one template, or those that a custom kind holds at any depth.

    Several rules ask for the pods of every object: the answers are kept.
    """
    standard = standard_pods(item)
    if standard is not None:
        return (standard,)
    if item.kind in _NO_PODS or (item.kind in _BUILT_IN_WITHOUT_PODS and not is_custom(item)):
        return ()
    # A misspelt kind is found as such; that its pods are missing besides would be an echo.
    return tuple(_custom(item, item.data, ()))


@lru_cache(maxsize=65536)
def standard_pods(item: RenderedObject) -> Pods | None:
    """Give the pods of an object whose kind is known to make some, None for any other kind."""
    path = _TEMPLATES.get((api_group(item.api_version), item.kind))
    if path is None:
        return None
    template = mapping(item.data, *path)
    labels = _labels(template)
    if item.kind == "DeploymentConfig":
        # OpenShift's deployer labels the pods with the name of what they are of.
        labels = {"deploymentconfig": item.name, **labels}
    return Pods(item, path, labels, mapping(template.get("spec")), standard=True)


def is_custom(item: RenderedObject) -> bool:
    """Say whether an object is of a custom kind that may hold pods of its own."""
    group = api_group(item.api_version)
    return "." in group and not group.endswith(".k8s.io") and item.kind not in _NO_PODS


def _labels(template: Mapping[str, Any]) -> Mapping[str, str]:
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    return {str(key): str(value) for key, value in labels.items()}


def _custom(item: RenderedObject, value: Json, path: FieldPath) -> Iterator[Pods]:
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(value, Mapping):
        if any(_is_container(c) for _, c in items(mapping(value.get("spec")).get("containers"))):
            yield Pods(item, path, _labels(value), mapping(value["spec"]), standard=False)
            return
        for key, below in value.items():
            yield from _custom(item, below, (*path, key))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _custom(item, below, (*path, at))


def _is_container(value: Mapping[str, Any]) -> bool:
    return "name" in value and "image" in value
