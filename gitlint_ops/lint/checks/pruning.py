"""Checks of what automated pruning would delete for good: volumes, databases, kinds with all their objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from gitlint_ops.lint.checks.blast_radius import counted
from gitlint_ops.lint.checks.ownership_shared import helm_leaves_alone
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.reach import is_workload
from gitlint_ops.repo.model import Delivery
from gitlint_ops.repo.views import sync_options
from gitlint_ops.source.narrowing import mapping

_ASKING = frozenset({"Prune=false", "Prune=confirm"})
_ARGOCD = "argocd.argoproj.io"
_FLUX = "kustomize.toolkit.fluxcd.io"
_HELM_KEEP = "helm.sh/resource-policy"
_HOOKS = (f"{_ARGOCD}/hook", "helm.sh/hook")
_SHOWN = 3
_PLACE = ("metadata",)
"""Where the annotation goes. A name may come from elsewhere: a variable, a prefix."""
_FATE = {
    "PersistentVolumeClaim": "the data on the volume goes too, unless its reclaimPolicy is Retain",
    "CustomResourceDefinition": "every object of the kind in the cluster goes too",
}

_FLUX_KINDS = ".toolkit.fluxcd.io"


def stateful_prune(context: CheckContext) -> Iterator[Violation]:
    """Report objects with state that automated pruning deletes and nothing protects, once a delivery and kind."""
    unprotected = list(_unprotected(context))
    names = _names_by_source(unprotected)
    for delivery, items in unprotected:
        first, *rest = items
        if first.kind != "Namespace":
            alike = 0 if rest else len(names[_source(first)]) - 1
            yield _exposed(delivery, items, _FATE.get(first.kind, "the data goes too"), alike)
        else:
            yield from _exposed_namespaces(context, delivery, items)


def _unprotected(context: CheckContext) -> Iterator[tuple[Delivery, list[RenderedObject]]]:
    """Give, for each delivery that prunes by itself, its unprotected objects with state, a kind at a time."""
    for delivery in context.deliveries:
        if not (delivery.sync.automated and delivery.sync.prune) or _ASKING.intersection(delivery.sync.options):
            continue
        exposed: dict[str, list[RenderedObject]] = defaultdict(list)
        for item in context.objects_of(delivery):
            if _is_stateful(context, item) and not is_protected(item):
                exposed[item.kind].append(item)
        yield from ((delivery, items) for items in exposed.values())


def _names_by_source(
    unprotected: Sequence[tuple[Delivery, Sequence[RenderedObject]]],
) -> Mapping[tuple[str, int, str], set[str]]:
    """Give the names that each source place renders to: a shared component gives each application its own object."""
    names: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for _, items in unprotected:
        names[_source(items[0])].add(items[0].name)
    return names


def _source(item: RenderedObject) -> tuple[str, int, str]:
    return item.source_path, item.source_line, item.kind


def _is_stateful(context: CheckContext, item: RenderedObject) -> bool:
    name = f"{group_of(item.api_version)}/{item.kind}"
    if item.kind == "CustomResourceDefinition" and item.name.endswith(_FLUX_KINDS):
        # ``flux bootstrap`` writes them below the root that prunes; without them no Flux is left to prune anything.
        return False
    return _fits_any(name, tuple(context.options["kinds"]))


@lru_cache(maxsize=1000)
def _fits_any(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def is_protected(item: RenderedObject) -> bool:
    """Whether an object is spared: by its controller's own word, or as a hook, which is never pruned."""
    metadata = mapping(item.data, "metadata")
    marks = {**mapping(metadata, "labels"), **mapping(metadata, "annotations")}
    if item.delivery.controller == "argocd":
        return bool(sync_options(item.data) & _ASKING) or any(hook in marks for hook in _HOOKS)
    if item.delivery.kind == "HelmRelease":
        return marks.get(_HELM_KEEP) == "keep" or "helm.sh/hook" in marks or helm_leaves_alone(item)
    disabled = (marks.get(f"{_FLUX}/prune"), marks.get(f"{_FLUX}/reconcile"))
    return "disabled" in disabled or marks.get(f"{_FLUX}/ssa") == "Ignore"


def _exposed(delivery: Delivery, items: Sequence[RenderedObject], fate: str, alike: int = 0) -> Violation:
    """Report what one delivery exposes; ``alike`` objects of other names come from the same lines."""
    first, *rest = items
    more = f" and {alike} more from the same lines" if alike else ""
    names = _listed([item.name for item in items])
    verb, them = ("are", "them") if rest or alike else ("is", "it")
    message = (
        f"{first.kind} {names}{more} {verb} pruned as soon as the {delivery.kind} "
        f"no longer renders {them} (a renamed file, a moved folder, a changed name prefix), and {fate}. "
        f"Annotate {'each' if rest else 'it'} with {_annotation(delivery)}"
    )
    related = tuple((item, _PLACE, "is pruned too") for item in rest)
    return Violation(message, object=first, field_path=_PLACE, on_key=True, related_fields=related)


def _annotation(delivery: Delivery) -> str:
    if delivery.controller == "argocd":
        return f"{_ARGOCD}/sync-options: Prune=confirm (or Prune=false)"
    return f"{_HELM_KEEP}: keep" if delivery.kind == "HelmRelease" else f"{_FLUX}/prune: disabled"


# Namespaces


def _exposed_namespaces(
    context: CheckContext, delivery: Delivery, items: Sequence[RenderedObject]
) -> Iterator[Violation]:
    """Report the namespaces that hold data, or workloads that their own delivery does not bring."""
    family = {delivery.id, *(below.id for below in context.reaches.of(delivery).deliveries)}
    for item in items:
        inside = _inside(context).get((delivery.cluster, item.name), [])
        data = [other for other in inside if _holds_data(context, other)]
        foreign = [o for o in inside if o.delivery.id not in family and o not in data and is_workload(o)]
        if foreign or data:
            parts = [f"{counted(len(data), 'objects')} with data ({_labels(data)})"] if data else []
            owners = sorted({other.delivery.name for other in foreign})
            parts += (
                [f"{counted(len(foreign), 'workloads')} of other deliveries ({_listed(owners)})"] if foreign else []
            )
            violation = _exposed(delivery, [item], f"it takes {' and '.join(parts)} along")
            # A chart's or component's one line makes many: what each of them holds is no cause of its own.
            yield replace(violation, cause="a namespace in use")


def _inside(context: CheckContext) -> Mapping[tuple[str, str], list[RenderedObject]]:
    def index() -> Mapping[tuple[str, str], list[RenderedObject]]:
        found: dict[tuple[str, str], list[RenderedObject]] = defaultdict(list)
        for item in context.objects:
            if item.namespace and item.delivery.controller != "none":
                found[(item.delivery.cluster, item.namespace)].append(item)
        return found

    return context.once("delivered-by-namespace", index)


def _holds_data(context: CheckContext, item: RenderedObject) -> bool:
    claims: Any = mapping(item.data, "spec").get("volumeClaimTemplates")
    return (item.kind == "StatefulSet" and bool(claims)) or _is_stateful(context, item)


def _labels(items: Sequence[RenderedObject]) -> str:
    return _listed([item.label for item in items])


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
