"""Checks of fields that two sides write: replicas in Git beside an autoscaler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.edits import without_field
from gitlint_ops.lint.checks.same_cluster import cluster_key
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import items, mapping, texts

_AUTOSCALERS: Mapping[str, str] = {
    "HorizontalPodAutoscaler": "autoscaling",
    "ScaledObject": "keda.sh",
    "WatermarkPodAutoscaler": "datadoghq.com",
}
_REPLICAS = ("spec", "replicas")
ScaleTarget = tuple[str, str, str, str]
"""Where (delivery id, or cluster), kind, namespace, name."""


def hpa_fights_replicas(context: CheckContext) -> Iterator[Violation]:
    """Report workloads with a number of replicas in Git that an autoscaler of the same cluster sets too."""
    targets = scaler_targets(context)
    for item in context.objects if targets else ():
        replicas = mapping(item.data, "spec").get("replicas")
        if not isinstance(replicas, int) or replicas < 1:
            continue  # 0 switches the autoscaler off.
        scaler = scaler_of(context, item, targets)
        if scaler is not None and not _ignored(item):
            violation = _fight(item, scaler, replicas)
            yield replace(violation, fix=without_field(context, violation, "Take replicas out"))


def scaler_targets(context: CheckContext) -> dict[ScaleTarget, RenderedObject]:
    """Give what autoscalers scale, each with its autoscaler."""
    found: dict[ScaleTarget, RenderedObject] = {}
    for scaler in context.of_kinds(_AUTOSCALERS):
        spec = mapping(scaler.data, "spec")
        target = mapping(spec, "scaleTargetRef")
        name = target.get("name")
        if group_of(scaler.api_version) != _AUTOSCALERS[scaler.kind] or not isinstance(name, str):
            continue
        kind = str(target.get("kind") or "Deployment")
        for place in {scaler.delivery.id, cluster_key(context, scaler.delivery)} - {""}:
            found.setdefault((place, kind, scaler.namespace, name), scaler)
    return found


def scaler_of(
    context: CheckContext, item: RenderedObject, targets: Mapping[ScaleTarget, RenderedObject]
) -> RenderedObject | None:
    """Give the autoscaler of a workload, among those that ``scaler_targets`` gave; None where it has none."""
    own = targets.get((item.delivery.id, item.kind, item.namespace, item.name))
    key = cluster_key(context, item.delivery) if item.namespace else ""
    return own or (targets.get((key, item.kind, item.namespace, item.name)) if key else None)


def _ignored(item: RenderedObject) -> bool:
    """Whether the Application leaves the replicas of this object alone."""
    entries = mapping(item.delivery.object, "spec").get("ignoreDifferences")
    return any(_fits(entry, item) and _names_replicas(entry) for _, entry in items(entries))


def _fits(entry: Mapping[str, Any], item: RenderedObject) -> bool:
    wanted = {"group": group_of(item.api_version), "kind": item.kind, "name": item.name, "namespace": item.namespace}
    return all(entry.get(key) in (None, "", "*", value) for key, value in wanted.items())


def _names_replicas(entry: Mapping[str, Any]) -> bool:
    pointers = [text for key in ("jsonPointers", "jqPathExpressions") for text in texts(entry.get(key))]
    return "/spec/replicas" in pointers or ".spec.replicas" in pointers or bool(entry.get("managedFieldsManagers"))


def _fight(item: RenderedObject, scaler: RenderedObject, replicas: int) -> Violation:
    when = "at each reconciliation" if item.delivery.controller == "flux" else "at each sync"
    if item.delivery.kind == "HelmRelease" and not item.delivery.sync.self_heal:
        # Without drift detection helm-controller leaves the cluster alone until there is something to upgrade.
        when = "at each upgrade of the release"
    message = (
        f"{item.label} has replicas: {replicas} in Git, and {scaler.label} scales it too: {when} the load's pods are "
        f"scaled back to {replicas}, however many are needed. Take replicas out of Git and let the autoscaler's "
        "minimum and maximum decide"
    )
    related = (scaler, ("spec", "scaleTargetRef"), f"{scaler.label} scales it")
    return Violation(message, object=item, field_path=_REPLICAS, related_fields=(related,))
