"""Checks of what keeps a production workload up: replicas, and a budget for the pods that a drain may take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.same_cluster import cluster_key
from gitlint_ops.lint.checks.sync_autoscaler import scaler_of, scaler_targets
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.label_selectors import selects
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.pods import pods_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import mapping

_KINDS = frozenset({"Deployment", "StatefulSet", "Rollout"})
_REPLICAS = ("spec", "replicas")
_Budgets = Mapping[tuple[str, str], Sequence[RenderedObject]]
"""PodDisruptionBudgets by place (delivery id, or cluster) and namespace."""


def single_replica(context: CheckContext) -> Iterator[Violation]:
    """Report workloads of production with one replica and no autoscaler."""
    for item, replicas, scaled in _workloads(context):
        if replicas == 1 and not scaled:
            message = (
                f"{item.label} has one replica in production, so each node that is drained and each crash is an outage"
                "; give it two, or name it in the option allow where it must be alone"
            )
            yield Violation(message, object=item, field_path=_REPLICAS)


def disruption_budget_missing(context: CheckContext) -> Iterator[Violation]:
    """Report workloads of production with several replicas that no PodDisruptionBudget covers."""
    budgets = _budgets(context)
    for item, replicas, scaled in _workloads(context):
        if (replicas > 1 or scaled) and not any(_covers(budget, item) for budget in _near(context, item, budgets)):
            message = (
                f"{item.label} runs several pods in production, and no PodDisruptionBudget keeps a drain from taking "
                "them all at once; add one that selects its pods"
            )
            yield Violation(message, object=item, field_path=_REPLICAS)


def _workloads(context: CheckContext) -> Iterator[tuple[RenderedObject, int, bool]]:
    """Give production's workloads with their replicas, and whether an autoscaler decides on these."""
    targets = scaler_targets(context)
    for item in context.of_kinds(_KINDS):
        allowed = any(fnmatchcase(f"{item.namespace}/{item.name}", glob) for glob in context.options["allow"])
        replicas = mapping(item.data, "spec").get("replicas", 1)
        if isinstance(replicas, int) and context.is_production(item) and not allowed:
            yield item, replicas, scaler_of(context, item, targets) is not None


def _budgets(context: CheckContext) -> _Budgets:
    found: dict[tuple[str, str], list[RenderedObject]] = defaultdict(list)
    for budget in context.of_kinds({"PodDisruptionBudget"}, {"policy"}):
        for place in {budget.delivery.id, cluster_key(context, budget.delivery)} - {""}:
            found[place, budget.namespace].append(budget)
    return found


def _near(context: CheckContext, item: RenderedObject, budgets: _Budgets) -> Iterator[RenderedObject]:
    for place in {item.delivery.id, cluster_key(context, item.delivery)} - {""}:
        yield from budgets.get((place, item.namespace), ())


def _covers(budget: RenderedObject, item: RenderedObject) -> bool:
    selector = mapping(budget.data, "spec").get("selector")
    return any(selects(selector, pods.labels) for pods in pods_of(item))
