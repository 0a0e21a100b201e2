"""What can be said of one object that matters when it changes: what it exposes, and what protects it.

A fact that a change brings among the exposures, or takes from the protections, is a danger of the kind given with it.
Compared are facts, not fields: a deleted ``securityContext`` and a ``runAsNonRoot: false`` come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.diff.model import Danger
from gitlint_ops.lint.pods import Container, Pod, containers_of, described_pods
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.views import sync_options
from gitlint_ops.source.narrowing import items, mapping

_HOST = {"hostNetwork": "the host's network", "hostPID": "the host's processes", "hostIPC": "the host's memory"}
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_SPREAD = {"podAntiAffinity": "the pods' anti-affinity", "nodeAffinity": "the pods' node affinity"}
_ENFORCE = "pod-security.kubernetes.io/enforce"
_LEVELS = ("privileged", "baseline", "restricted")
_RBAC = "rbac.authorization.k8s.io"
_KEPT = ("Prune=false", "Prune=confirm", "Delete=false", "Delete=confirm")
_OF_NEW_ONES = frozenset({"opened-network", "widened-privilege"})
_STRONG_VERBS = frozenset({"bind", "escalate", "impersonate"})
_STRONG_ROLES = frozenset({"admin", "cluster-admin"})
_FORCED = ("Replace=true", "Force=true", "Validate=false")


def exposures(item: RenderedObject, *, new: bool = False) -> frozenset[Danger]:
    """Give what an object opens up or puts at risk; of a ``new`` one what nobody takes for granted."""
    found = frozenset([*_pod_exposures(item), *_kind_exposures(item, new=new)])
    return frozenset(danger for danger in found if danger.name in _OF_NEW_ONES) if new else found


def protections(item: RenderedObject) -> frozenset[Danger]:
    """Give what guards an object or what it runs; each says what is missing once it is gone."""
    return frozenset([*_pod_protections(item), *_kind_protections(item)])


# Pods


def _pod_exposures(item: RenderedObject) -> Iterator[Danger]:
    for pod in described_pods(item):
        for key, what in _HOST.items():
            if pod.spec.get(key) is True:
                yield Danger("widened-privilege", f"the pods get {what} ({key})")
        for _, volume in items(pod.spec.get("volumes")):
            path = mapping(volume, "hostPath").get("path")
            if path:
                yield Danger("widened-privilege", f"the pods mount {path} of the host")
        for container in containers_of(pod):
            yield from _container_exposures(container, pod)


def _container_exposures(container: Container, pod: Pod) -> Iterator[Danger]:
    name = container.value.get("name", "")
    context = {**mapping(pod.spec, "securityContext"), **mapping(container.value, "securityContext")}
    for key, what in (
        ("privileged", "is privileged"),
        ("allowPrivilegeEscalation", "may gain privileges (allowPrivilegeEscalation)"),
    ):
        if context.get(key) is True:
            yield Danger("widened-privilege", f"container {name} {what}")
    if context.get("runAsUser") == 0:
        yield Danger("widened-privilege", f"container {name} runs as root")
    for capability in _texts(mapping(context, "capabilities").get("add")):
        yield Danger("widened-privilege", f"container {name} gets the capability {capability}")
    for _, port in items(container.value.get("ports")):
        if port.get("hostPort"):
            yield Danger("opened-network", f"container {name} listens on port {port['hostPort']} of the host")


def _pod_protections(item: RenderedObject) -> Iterator[Danger]:
    for pod in described_pods(item):
        for key, what in _SPREAD.items():
            if mapping(pod.spec, "affinity").get(key):
                yield Danger("lost-availability", f"{what} is gone")
        if pod.spec.get("topologySpreadConstraints"):
            yield Danger("lost-availability", "the pods are no longer spread (topologySpreadConstraints)")
        for container in containers_of(pod):
            yield from _container_protections(container, pod)


def _container_protections(container: Container, pod: Pod) -> Iterator[Danger]:
    name = container.value.get("name", "")
    for probe in _PROBES:
        if container.value.get(probe):
            yield Danger("lost-availability", f"container {name} has no {probe} any more")
    context = {**mapping(pod.spec, "securityContext"), **mapping(container.value, "securityContext")}
    for key, what in (
        ("runAsNonRoot", "may run as root"),
        ("readOnlyRootFilesystem", "may write to its root file system"),
    ):
        if context.get(key) is True:
            yield Danger("widened-privilege", f"container {name} {what} (no {key} any more)")
    if context.get("allowPrivilegeEscalation") is False:
        yield Danger("widened-privilege", f"container {name} may gain privileges (no allowPrivilegeEscalation: false)")
    for capability in _texts(mapping(context, "capabilities").get("drop")):
        yield Danger("widened-privilege", f"container {name} no longer drops the capability {capability}")


# Other kinds


def _kind_exposures(item: RenderedObject, *, new: bool) -> Iterator[Danger]:
    spec = mapping(item.data, "spec")
    group = group_of(item.api_version)
    if group == _RBAC:
        yield from _grants(item, strong_only=new)
    elif item.kind == "Service" and not group and spec.get("type") in ("LoadBalancer", "NodePort"):
        yield Danger("opened-network", f"the Service is reachable from outside of the cluster ({spec['type']})")
    elif item.kind == "NetworkPolicy" and group in ("networking.k8s.io", "extensions"):
        yield from _open_rules(spec)
    elif item.kind == "PersistentVolume" and spec.get("persistentVolumeReclaimPolicy") == "Delete":
        yield Danger("data-loss", "the volume is deleted with its claim (persistentVolumeReclaimPolicy: Delete)")
    elif item.kind == "StatefulSet":
        for when, policy in mapping(spec, "persistentVolumeClaimRetentionPolicy").items():
            if policy == "Delete":
                yield Danger("data-loss", f"the claims of its pods are deleted ({when}: Delete)")
    elif item.kind == "Deployment" and mapping(spec, "strategy").get("type") == "Recreate":
        yield Danger("lost-availability", "all pods stop before the new ones start (strategy Recreate)")
    yield from _sync_exposures(item, spec)


def _grants(item: RenderedObject, *, strong_only: bool) -> Iterator[Danger]:
    """Give what a role permits, verb by verb, and who gets one; ``strong_only``: what comes near to everything."""
    for _, rule in items(item.data.get("rules")):
        for resource in [*_texts(rule.get("resources")), *_texts(rule.get("nonResourceURLs"))]:
            names = "/".join(_texts(rule.get("resourceNames")))
            what = f"{resource} {names}".strip()
            groups = "/".join(group for group in _texts(rule.get("apiGroups")) if group)
            for verb in _texts(rule.get("verbs")):
                if strong_only and not ("*" in (verb, resource) or verb in _STRONG_VERBS or resource == "secrets"):
                    continue
                yield Danger("widened-privilege", f"it may {verb} {what}{f' of {groups}' if groups else ''}")
    role = mapping(item.data, "roleRef")
    if strong_only and str(role.get("name")) not in _STRONG_ROLES:
        return
    for _, subject in items(item.data.get("subjects")):
        who = "/".join(str(subject[key]) for key in ("namespace", "name") if subject.get(key))
        yield Danger("widened-privilege", f"{subject.get('kind')} {who} gets {role.get('kind')} {role.get('name')}")


def _open_rules(spec: Mapping[str, Any]) -> Iterator[Danger]:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for _, rule in items(spec.get(direction)):
            if not rule.get(peers):
                yield Danger("opened-network", f"a rule permits {direction} {peers} everywhere")
            for _, peer in items(rule.get(peers)):
                block = mapping(peer, "ipBlock").get("cidr")
                if block:
                    yield Danger("opened-network", f"a rule permits {direction} {peers} {block}")


def _sync_exposures(item: RenderedObject, spec: Mapping[str, Any]) -> Iterator[Danger]:
    """Give what lets a controller delete or replace by itself."""
    name = f"{item.kind} {item.name}"
    if item.kind == "Application":
        policy = mapping(spec, "syncPolicy")
        automated = mapping(policy, "automated")
        if automated.get("prune") is True:
            yield Danger("weakened-sync-protection", f"{name} prunes by itself")
        if automated.get("allowEmpty") is True:
            yield Danger("weakened-sync-protection", f"{name} may prune everything (allowEmpty)")
        for option in _texts(policy.get("syncOptions")):
            if option in _FORCED:
                yield Danger("weakened-sync-protection", f"{name} syncs with {option}")
    elif group_of(item.api_version) == "kustomize.toolkit.fluxcd.io":
        for key, what in (("prune", "prunes"), ("force", "replaces what cannot be changed (force)")):
            if spec.get(key) is True:
                yield Danger("weakened-sync-protection", f"{name} {what}")


def _kind_protections(item: RenderedObject) -> Iterator[Danger]:
    metadata, spec = mapping(item.data, "metadata"), mapping(item.data, "spec")
    annotations, labels = mapping(metadata, "annotations"), mapping(metadata, "labels")
    options = sync_options(item.data).union(_texts(mapping(spec, "syncPolicy").get("syncOptions")))
    for option in sorted(options.intersection(_KEPT)):
        yield Danger("weakened-sync-protection", f"{option} is gone, so it may be deleted without asking")
    if annotations.get("kustomize.toolkit.fluxcd.io/prune") == "disabled":
        yield Danger("weakened-sync-protection", "kustomize.toolkit.fluxcd.io/prune: disabled is gone: it is pruned")
    if annotations.get("helm.sh/resource-policy") == "keep":
        yield Danger("weakened-sync-protection", "helm.sh/resource-policy: keep is gone: it goes with its release")
    if item.kind == "ApplicationSet" and mapping(spec, "syncPolicy").get("preserveResourcesOnDeletion") is True:
        yield Danger(
            "weakened-sync-protection", "preserveResourcesOnDeletion is gone: deletion takes the workloads too"
        )
    if item.kind == "AppProject" and spec.get("syncWindows"):
        yield Danger("weakened-sync-protection", "the project has no sync windows any more")
    if item.kind == "Service" and spec.get("loadBalancerSourceRanges"):
        yield Danger("opened-network", "everybody may connect (no loadBalancerSourceRanges any more)")
    if item.kind == "Namespace" and labels.get(_ENFORCE) in _LEVELS:
        for level in _LEVELS[1 : _LEVELS.index(str(labels[_ENFORCE])) + 1]:
            yield Danger("widened-privilege", f"the namespace no longer enforces Pod Security '{level}'")


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
