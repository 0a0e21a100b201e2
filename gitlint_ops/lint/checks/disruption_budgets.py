"""The check that a PodDisruptionBudget lets a node be drained: one that allows no eviction stops every upgrade."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.pods import Pods
from gitlint_ops.lint.references.scopes import scope_of
from gitlint_ops.lint.references.selection import is_selective, pod_index, selector_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import mapping

_COUNTED = frozenset(
    {"Deployment", "ReplicaSet", "ReplicationController", "Rollout", "StatefulSet", "DeploymentConfig"}
)
"""Kinds with a number of replicas; a drain leaves a DaemonSet's pods alone, and Jobs end by themselves."""
_PERCENT = re.compile(r"\d{1,9}%")
_Budget = tuple[RenderedObject, list[Pods]]


def disruption_budget_blocks(context: CheckContext) -> Iterator[Violation]:
    """Report budgets that never allow an eviction, and pods with more than one budget, which none may evict."""
    seen: dict[int, RenderedObject] = {}
    for budget, pods in _budgets(context):
        yield from _blocking(context, budget, pods)
        for one in pods:
            first = seen.setdefault(id(one), budget)
            if first is not budget and first.delivery is budget.delivery:
                yield _second(budget, first, one)
                break


def _budgets(context: CheckContext) -> Iterator[_Budget]:
    for item in context.of_kinds(("PodDisruptionBudget",), ("policy",)):
        written = mapping(item.data, "spec", "selector")
        if is_selective(written) and not is_sample(item.delivery):
            selected = pod_index(context).selected(selector_of(written), item.delivery, item.namespace)
            yield item, [pods for pods in selected if pods.item.delivery is item.delivery] or selected


def _second(budget: RenderedObject, first: RenderedObject, pods: Pods) -> Violation:
    message = (
        f"{budget.label} and {first.label} both select the pods of {pods.item.label}, and Kubernetes evicts no pod "
        "with two budgets: draining its node never ends. Let one budget select them"
    )
    related = (first, ("spec", "selector"), f"{first.label} selects them too")
    return Violation(message, object=budget, field_path=("spec", "selector"), related_fields=(related,))


def _blocking(context: CheckContext, budget: RenderedObject, pods: Sequence[Pods]) -> Iterator[Violation]:
    counted = [one for one in pods if one.item.kind in _COUNTED and one.standard]
    if not counted or len(counted) < len(pods):
        return
    counts = [_replicas(context, one.item) for one in counted]
    known = [count for count in counts if count is not None]
    replicas = sum(known)
    if len(known) < len(counts) or not replicas:
        return
    spec = mapping(budget.data, "spec")
    for field in ("maxUnavailable", "minAvailable"):
        reason = _reason(field, spec.get(field), replicas)
        if reason:
            yield _blocked(budget, field, reason, counted)


def _reason(field: str, value: Any, replicas: int) -> str:
    """Say why a limit allows no eviction of any of so many pods, '' where it allows one."""
    number = _scaled(value, replicas)
    if number is None:
        return ""
    if field == "maxUnavailable":
        return "lets none of its pods be away" if number < 1 else ""
    if number < replicas:
        return ""
    if value == "100%":
        # However many there are: environments that differ in that alone have one cause.
        return "asks for all of its pods"
    these = "its only pod" if replicas == 1 else f"all of its {replicas} pods"
    return f"asks for {these}" if number == replicas else f"asks for {number} pods, and there are {replicas}"


def _scaled(value: Any, replicas: int) -> int | None:
    """Give a limit as a number of pods; percentages are rounded up, as in Kubernetes' disruption controller."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return -(-int(value[:-1]) * replicas // 100)
    return None


def _blocked(budget: RenderedObject, field: str, reason: str, pods: Sequence[Pods]) -> Violation:
    value = mapping(budget.data, "spec")[field]
    names = ", ".join(one.item.label for one in pods)
    message = (
        f"{budget.label} {reason} ({field}: {value}), so no pod of {names} is ever evicted: draining a node, and each "
        "upgrade of the cluster, waits for it. Allow one to be away (maxUnavailable: 1), or run more replicas"
    )
    related = (pods[0].item, ("spec", "replicas"), f"the replicas of {pods[0].item.label}")
    return Violation(message, object=budget, field_path=("spec", field), related_fields=(related,), value=value)


def _replicas(context: CheckContext, item: RenderedObject) -> int | None:
    """Give the fewest pods that a workload runs with, None where an autoscaler decides alone."""
    scaler = _scalers(context).get((item.kind, item.name, item.namespace, item.delivery.id))
    scaler = scaler or _elsewhere(context, item)
    if scaler is None:
        replicas = mapping(item.data, "spec").get("replicas", 1)
        return replicas if isinstance(replicas, int) else None
    spec = mapping(scaler.data, "spec")
    if scaler.kind != "HorizontalPodAutoscaler":
        return None
    fewest = spec.get("minReplicas", 1)
    return max(fewest, 1) if isinstance(fewest, int) else None


_Scaled = tuple[str, str, str, str]
"""Kind, name, namespace and delivery id of what is scaled."""


def _scalers(context: CheckContext) -> Mapping[_Scaled, RenderedObject]:
    return context.once("scalers-of-workloads", lambda: _index(context))


def _index(context: CheckContext) -> Mapping[_Scaled, RenderedObject]:
    found: dict[_Scaled, RenderedObject] = {}
    for item in context.of_kinds(("HorizontalPodAutoscaler", "ScaledObject"), ("autoscaling", "keda.sh")):
        target = mapping(item.data, "spec", "scaleTargetRef")
        kind, name = str(target.get("kind") or "Deployment"), str(target.get("name"))
        found.setdefault((kind, name, item.namespace, item.delivery.id), item)
    return found


def _elsewhere(context: CheckContext, item: RenderedObject) -> RenderedObject | None:
    """Give an autoscaler of a workload that another delivery to the same place applies."""
    wanted = (item.kind, item.name, item.namespace)
    known: Mapping[tuple[str, str, str], Sequence[RenderedObject]] = context.once(
        "scalers-by-target", lambda: _by_target(_scalers(context))
    )
    scope = scope_of(context, item.delivery)
    return next((s for s in known.get(wanted, ()) if scope_of(context, s.delivery).may_share(scope)), None)


def _by_target(scalers: Mapping[_Scaled, RenderedObject]) -> dict[tuple[str, str, str], list[RenderedObject]]:
    found: dict[tuple[str, str, str], list[RenderedObject]] = {}
    for (kind, name, namespace, _), item in scalers.items():
        found.setdefault((kind, name, namespace), []).append(item)
    return found
