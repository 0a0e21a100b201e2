"""Checks for objects that two deliveries apply to one cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.checks.same_cluster import cluster_key
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, HelmUnit
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_HOOKS = ("argocd.argoproj.io/hook", "helm.sh/hook")
_FLUX_OPT_OUT = (("reconcile", "disabled"), ("ssa", "ifnotpresent"), ("ssa", "ignore"), ("ssa", "merge"))
_SHOWN = 3
Identity = tuple[str, str, str, str, str]
"""Cluster key, API group, kind, namespace, name."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two deliveries, and what both apply: objects of the first and of the second, pairwise."""

    first: Delivery
    second: Delivery
    objects: tuple[tuple[RenderedObject, RenderedObject], ...]
    same_source: bool
    """Whether both take them from the same file."""


def shared_object(context: CheckContext) -> Iterator[Violation]:
    """Report objects that two deliveries apply to one cluster, one finding for each pair of deliveries."""
    for pair in _pairs(context):
        whole = pair.same_source and len(pair.objects) == len(_applied(context, pair.second))
        yield _whole(context, pair) if whole else _some(pair)


def _pairs(context: CheckContext) -> Iterator[_Pair]:
    found: dict[tuple[str, str, bool], list[tuple[RenderedObject, RenderedObject]]] = {}
    for items in _owners(context).values():
        for one, other, same_source in _couples(items):
            found.setdefault((one.delivery.id, other.delivery.id, same_source), []).append((one, other))
    for (first, second, same_source), objects in sorted(found.items(), key=lambda item: item[0]):
        pair = _Pair(
            context.graph.deliveries[first], context.graph.deliveries[second], tuple(objects), same_source=same_source
        )
        if not _is_one(pair.first, pair.second):
            yield pair


def _couples(items: Sequence[RenderedObject]) -> Iterator[tuple[RenderedObject, RenderedObject, bool]]:
    """Couple the owners of one object: those of one file with its first owner, the files' first owners with another."""
    by_file: dict[tuple[str, int], list[RenderedObject]] = {}
    for item in items:
        by_file.setdefault((item.source_path, item.source_line), []).append(item)
    firsts = [group[0] for group in by_file.values()]
    yield from ((firsts[0], other, False) for other in firsts[1:])
    for group in by_file.values():
        yield from ((group[0], other, True) for other in group[1:])


def _is_one(first: Delivery, second: Delivery) -> bool:
    """Whether two deliveries are one object of the controller, which two folders give."""
    return (first.kind, first.namespace, first.name) == (second.kind, second.namespace, second.name)


def _owners(context: CheckContext) -> Mapping[Identity, list[RenderedObject]]:
    """Give the objects that more than one delivery applies, one for each delivery."""
    found: dict[Identity, dict[str, RenderedObject]] = {}
    for delivery in context.deliveries:
        key = cluster_key(context, delivery)
        for item in _applied(context, delivery) if key and not is_sample(delivery) else ():
            identity = (key, group_of(item.api_version), item.kind, item.namespace, item.name)
            found.setdefault(identity, {}).setdefault(delivery.id, item)
    return {key: list(items.values()) for key, items in found.items() if len(items) > 1}


def _applied(context: CheckContext, delivery: Delivery) -> Sequence[RenderedObject]:
    """Give the objects of a delivery that it owns: no hooks, nothing without a fixed name, no CRDs beside a chart."""
    return [item for item in context.objects_of(delivery) if _is_owned(item)]


def _is_owned(item: RenderedObject) -> bool:
    annotations = mapping(item.data, "metadata", "annotations")
    labels = mapping(item.data, "metadata", "labels")
    named = "name" in mapping(item.data, "metadata") and not any(c in item.name for c in "{}<>$")
    if not named or any(hook in annotations for hook in _HOOKS) or helm_leaves_alone(item):
        return False
    marks = {key: str(value).lower() for key, value in (*labels.items(), *annotations.items())}
    return not any(marks.get(f"kustomize.toolkit.fluxcd.io/{key}") == value for key, value in _FLUX_OPT_OUT)


def helm_leaves_alone(item: RenderedObject) -> bool:
    """Whether Helm only creates this where it is absent, and never removes it: what lies in a chart's ``crds/``."""
    is_release = item.delivery.controller == "flux" and isinstance(item.unit, HelmUnit)
    return is_release and item.kind == "CustomResourceDefinition" and "/crds/" in f"/{item.source_path}"


def _whole(context: CheckContext, pair: _Pair) -> Violation:
    first, second = pair.first, pair.second
    what = f"all {len(pair.objects)} objects of {_name(second)} are applied by {_name(first)} too"
    related = () if first.span is None else (Related(first.span, f"{_name(first)} is declared here"),)
    violation = Violation(f"{what}{_fate(pair)}", deliveries=(first, second), related=related)
    return at_field(context, second, source_field(second), violation)


def source_field(delivery: Delivery) -> FieldPath:
    """Give the field that says what a delivery applies."""
    if delivery.controller == "flux":
        return ("spec", "path") if delivery.kind == "Kustomization" else ("spec",)
    return (*delivery.sources[0].field_path, "path") if delivery.sources else ("spec",)


def _some(pair: _Pair) -> Violation:
    mine, other = pair.objects[0][1], pair.objects[0][0]
    shown = ", ".join(item.label for _, item in pair.objects[:_SHOWN])
    more = f" and {len(pair.objects) - _SHOWN} more" if len(pair.objects) > _SHOWN else ""
    are = "are" if pair.objects[1:] else "is"
    message = f"{shown}{more} {are} applied by both {_name(pair.first)} and {_name(pair.second)}{_fate(pair)}"
    related = (other, ("metadata", "name"), f"{_name(pair.first)} takes it from here")
    return Violation(
        message,
        object=mine,
        field_path=("metadata", "name"),
        deliveries=(pair.first,),
        related_fields=(related,),
        cause="applied by two deliveries",
    )


def _name(delivery: Delivery) -> str:
    return f"{delivery.kind} {delivery.name}"


def _fate(pair: _Pair) -> str:
    differ = any(dict(one.data) != dict(other.data) for one, other in pair.objects)
    undo = "they undo each other's version at every sync" if differ else "each takes it from the other at every sync"
    where = f"cluster {pair.first.cluster}" if pair.first.cluster else "the same cluster"
    return (
        f" on {where}: {undo}, and what one of them prunes is gone for both. Leave it to one of them; what both need "
        "goes into a delivery of its own"
    )
