"""The kinds of danger in a change of an object, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.checks.blast_radius import FINALIZER, cascades, counted
from gitlint_ops.lint.checks.pruning import is_protected
from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.diff.facts import exposures, protections
from gitlint_ops.lint.diff.model import Danger
from gitlint_ops.render.compare import ObjectChange
from gitlint_ops.render.compare.immutable import immutable_changes, made_anew_by
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.render.reach import is_workload
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.narrowing import texts

_ROLLED = frozenset({"DaemonSet", "Deployment", "DeploymentConfig", "Rollout", "StatefulSet"})
"""Kinds that replace their pods when the template changes."""
_GUARDS = {
    "HorizontalPodAutoscaler": Danger("lost-availability", "nothing scales it with its load any more"),
    "NetworkPolicy": Danger("opened-network", "what the policy refused is permitted, unless another one refuses it"),
    "PodDisruptionBudget": Danger("lost-availability", "a drained node may stop all of its pods at once"),
}
"""Kinds whose removal takes a guard away."""


_DELIVERIES = frozenset(
    {
        ("Application", "argoproj.io"),
        ("ApplicationSet", "argoproj.io"),
        ("HelmRelease", "helm.toolkit.fluxcd.io"),
        ("Kustomization", "kustomize.toolkit.fluxcd.io"),
    }
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an object that is gone from Git; ``deleted`` is None where whoever applies it decides."""

    words: str
    deleted: bool | None


def fate_of(change: ObjectChange, now: Mapping[str, Delivery]) -> Fate | None:
    """Tell what becomes of a removed object; None for others.

    ``now`` gives, by the id that it had, each delivery as it will be; one that goes away is not in it.
    """
    item = change.before
    if change.kind != "removed" or item is None:
        return None
    if item.delivery.controller == "none":
        return Fate("goes only if whoever applies it deletes it", deleted=None)
    if is_protected(item):
        return Fate("stays in the cluster: it is protected from pruning", deleted=False)
    delivery = now.get(item.delivery.id)
    return _fate_by(delivery) if delivery is not None else _fate_with(item.delivery)


def _fate_by(delivery: Delivery) -> Fate:
    """Tell what a delivery that stays does with what it no longer renders."""
    name = f"{delivery.kind} {delivery.name}"
    if not delivery.sync.prune:
        return Fate(f"stays in the cluster, of no delivery any more ({name} does not prune)", deleted=False)
    if not delivery.sync.automated:
        return Fate("is pruned by the next sync that somebody starts with prune", deleted=True)
    return Fate(f"is pruned: {name} does so by itself", deleted=True)


def _fate_with(delivery: Delivery) -> Fate:
    """Tell what becomes of what a delivery applied when the delivery itself goes."""
    name = f"{delivery.kind} {delivery.name}"
    if cascades(delivery):
        return Fate(f"is deleted with {name}, once that is pruned", deleted=True)
    return Fate(f"stays in the cluster when {name} goes: it does not cascade", deleted=False)


def dangers_of(change: ObjectChange, fate: Fate | None, stateful: Sequence[str]) -> tuple[Danger, ...]:
    """Give the dangers of a change, sorted. ``stateful`` are globs of API group and kind of what holds data."""
    if change.before is None and change.after is not None:
        found = set(exposures(change.after, new=True))
    elif change.after is None and change.before is not None:
        found = set(_of_removal(change.before, stateful)) if fate is None or fate.deleted is not False else set()
    else:
        found = set(_of_change(change))
    return tuple(sorted(found))


def _of_removal(item: RenderedObject, stateful: Sequence[str]) -> Iterator[Danger]:
    group = group_of(item.api_version)
    if item.kind == "Namespace" and not group:
        yield Danger("deleted-namespace", f"everything in namespace {item.name} goes with it")
    elif item.kind == "CustomResourceDefinition":
        yield Danger("deleted-crd", f"every object of the kind goes with CustomResourceDefinition {item.name}")
    elif any(fnmatchcase(f"{group}/{item.kind}", glob) for glob in stateful):
        yield Danger("data-loss", f"the data of {item.label} goes with it")
    elif (item.kind, group) in _DELIVERIES and _takes_all(item):
        yield Danger("deleted-delivery", f"everything that {item.label} applied goes with it")
    elif is_workload(item):
        replicas = counted(_replicas(item), "replicas")
        yield Danger("lost-replicas", f"{item.label} stops" + (f" ({replicas})" if _replicas(item) else ""))
    elif item.kind in _GUARDS:
        yield _GUARDS[item.kind]


def _takes_all(item: RenderedObject) -> bool:
    """Tell whether the deletion of a delivery's object deletes what it applied, by its controller's rules."""
    if item.kind == "ApplicationSet":
        policy = _spec(item).get("syncPolicy")
        return not (isinstance(policy, Mapping) and policy.get("preserveResourcesOnDeletion") is True)
    if item.kind == "Application":
        return any(name.startswith(FINALIZER) for name in texts(metadata_of(item.data).get("finalizers")))
    return item.kind == "HelmRelease" or _spec(item).get("prune") is True


def _of_change(change: ObjectChange) -> Iterator[Danger]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    yield from exposures(after) - exposures(before)
    yield from protections(before) - protections(after)
    yield from _immutable(change, after)
    yield from _fewer(before, after)
    if restarts(change):
        yield Danger("pod-restart", f"the pods of a changed {after.kind} are replaced")


def restarts(change: ObjectChange) -> bool:
    """Tell whether a change replaces the pods of a workload that stays: its pod template differs."""
    rolled = change.kind == "changed" and is_workload(change.object) and change.object.kind in _ROLLED
    return rolled and any(field.path[:2] == ("spec", "template") for field in change.fields)


def _immutable(change: ObjectChange, after: RenderedObject) -> Iterator[Danger]:
    fields = sorted({field.shown for field in immutable_changes(change)})
    setting = made_anew_by(after)
    for field in fields:
        if setting:
            yield Danger(
                "immutable-field", f"{field} cannot be changed: the object is deleted and made anew ({setting})"
            )
        else:
            yield Danger("immutable-field", f"{field} cannot be changed: the API server refuses it and the sync fails")


def _fewer(before: RenderedObject, after: RenderedObject) -> Iterator[Danger]:
    for field in ("replicas", "minReplicas", "minAvailable"):
        old, new = _spec(before).get(field), _spec(after).get(field)
        if isinstance(old, int) and isinstance(new, int) and new < old:
            yield Danger(
                "lost-replicas" if field != "minAvailable" else "lost-availability", f"{field} {old} becomes {new}"
            )
    old, new = _spec(before).get("maxUnavailable"), _spec(after).get("maxUnavailable")
    if after.kind == "PodDisruptionBudget" and isinstance(old, int) and isinstance(new, int) and new > old:
        yield Danger("lost-availability", f"maxUnavailable {old} becomes {new}")


def _replicas(item: RenderedObject) -> int:
    found = _spec(item).get("replicas", 1)
    return found if isinstance(found, int) and item.kind in _ROLLED - {"DaemonSet"} else 0


def _spec(item: RenderedObject) -> Mapping[str, Any]:
    found = item.data.get("spec")
    return found if isinstance(found, Mapping) else {}
