"""What to watch out for in a repository's shape, with this repository's own figures."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from gitlint_ops.lint.checks.blast_radius import figures_of
from gitlint_ops.lint.checks.overlay_size import OverlaySize, size_of
from gitlint_ops.lint.checks.ownership_people import duplicated_policy
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.loader import load_rules, rule_by_name
from gitlint_ops.lint.shape.facts import Facts
from gitlint_ops.lint.shape.judge import Shape, counted
from gitlint_ops.repo.vocabulary import rank_of

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing to watch out for: the topic, a sentence with the figures in it, the figures, the place if any."""

    topic: str
    message: str
    figures: dict[str, int] = field(default_factory=dict)
    path: str = ""


def watch_out(context: CheckContext, shape: Shape, facts: Facts) -> Iterator[Watch]:
    """Give what the shape and its patterns ask to be watched, most telling first."""
    if shape.has("app-of-apps"):
        yield from _root_reach(context)
    if shape.has("monorepo", "mixed", "environment-repository"):
        yield from _shared_folders(context)
    if shape.has("environment-repository", "base-and-overlays", "mixed") or len(facts.environments) > 1:
        yield from _promotion(facts)
    if shape.has("base-and-overlays"):
        yield from _overlay_sizes(context)
    if shape.has("app-repository", "monorepo", "mixed", "environment-repository"):
        yield from _policies(context)


def _root_reach(context: CheckContext) -> Iterator[Watch]:
    reaches = context.reaches
    measured = [(root, reaches.of(root)) for root in (*reaches.roots, *reaches.loose_roots)]
    if not measured:
        return
    root, reach = max(measured, key=lambda item: (len(item[1].deliveries), item[0].id))
    environments = f", in {_listed(reach.environments)}" if reach.environments else ""
    message = (
        f"a bad change of {root.id} reaches {counted(len(reach.deliveries), 'delivery', 'deliveries')}, "
        f"{counted(reach.workloads, 'workload')}, {counted(len(reach.namespaces), 'namespace')}"
        f"{environments}: keep the root small, and let somebody else review it"
    )
    yield Watch("root-reach", message, dict(figures_of(reach)), root.span.path if root.span else "")


def _shared_folders(context: CheckContext) -> Iterator[Watch]:
    """Name the folder with manifests that most deliveries are built from."""
    users: dict[str, set[str]] = {}
    for path, readers in context.rendering.readers.items():
        users.setdefault(posixpath.dirname(path) or ".", set()).update(readers)
    shared = {folder: names for folder, names in users.items() if len(names) > 1}
    if not shared:
        yield Watch(
            "shared-folders", "no folder is shared by two deliveries: a bad merge stays with one", {"folders": 0}
        )
        return
    folder = max(sorted(shared), key=lambda name: len(shared[name]))
    deliveries = [context.graph.deliveries[name] for name in sorted(shared[folder])]
    environments = sorted({delivery.environment for delivery in deliveries} - {""})
    production = any(context.is_production(delivery) for delivery in deliveries)
    where = f" in {counted(len(environments), 'environment')} ({_listed(environments)})" if environments else ""
    message = (
        f"{counted(len(shared), 'folder is', 'folders are')} shared; a bad merge in {folder} reaches "
        f"{counted(len(deliveries), 'delivery', 'deliveries')}{where}{', production among them' if production else ''}"
    )
    figures = {"folders": len(shared), "deliveries": len(deliveries), "environments": len(environments)}
    yield Watch("shared-folders", message, figures, folder)


def _promotion(facts: Facts) -> Iterator[Watch]:
    names = [environment.name for environment in facts.environments]
    if len(names) < 2:
        return
    untold = [environment.name for environment in facts.environments if rank_of(environment.name) is None]
    told = [name for name in names if name not in untold]
    message = f"the order of promotion is read as {_listed(names)}: promote along it, by reviewed pull requests"
    if untold:
        stand = "stands" if len(untold) == 1 else "stand"
        message += f"; nothing tells where {_listed(untold)} {stand}, say it under 'environments' in .gitlint-ops.yaml"
    yield Watch("promotion-order", message, {"environments": len(names), "ranked": len(told)})


def _overlay_sizes(context: CheckContext) -> Iterator[Watch]:
    sizes: list[tuple[str, OverlaySize]] = []
    for folder, kustomization in sorted(context.graph.kustomizations.items()):
        size = size_of(context, kustomization)
        sizes += [(folder, size)] if size is not None else []
    if not sizes:
        yield Watch("overlay-size", "no overlay patches its base", {"overlays": 0})
        return
    folder, largest = max(sizes, key=lambda item: item[1].fields)
    middle = round(median(size.fields for _, size in sizes))
    message = (
        f"{counted(len(sizes), 'overlay patches its', 'overlays patch their')} base, the median sets "
        f"{counted(middle, 'field')}; the largest, {folder}, sets {largest.fields:,} in "
        f"{counted(largest.patches, 'patch', 'patches')} ({largest.share} % of its base's)"
    )
    figures = {
        "overlays": len(sizes),
        "median_fields": middle,
        "largest_fields": largest.fields,
        "largest_share": largest.share,
    }
    yield Watch("overlay-size", message, figures, folder)


def _policies(context: CheckContext) -> Iterator[Watch]:
    rule = rule_by_name("duplicated-policy", load_rules(context.config, context.tree.root))
    copies = list(duplicated_policy(context.for_rule(rule, rule.default_options)))
    count = sum(len(violation.related) + 1 for violation in copies)
    message = (
        f"{counted(len(copies), 'policy is', 'policies are')} copied across applications, {count:,} copies in all"
        if copies
        else "no policy is copied across applications"
    )
    place = copies[0].span.path if copies and copies[0].span else ""
    yield Watch("duplicated-policies", message, {"policies": len(copies), "copies": count}, place)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
