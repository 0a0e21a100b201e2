"""Checks of single settings of roots: the environments they mix, what they follow, their project, their finalizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.blast_radius import FINALIZER, at_root, counted, kind_of
from gitlint_ops.lint.checks.declarations import at_field, mapping_at
from gitlint_ops.lint.checks.projects import widths_of
from gitlint_ops.lint.checks.revisions import of_source
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.reach import Reach, Root
from gitlint_ops.repo.model import Delivery, Generator
from gitlint_ops.source.model import FieldPath

_CONTROLLERS = (
    "argocd-application-controller",
    "argocd-server",
    "kustomize-controller",
    "openshift-gitops-application-controller",
)
"""Workloads by which a delivery is known as the one that installs the controller itself."""
_OWN_CLUSTER = ("", "in-cluster")
_FLUX_GROUP = "kustomize.toolkit.fluxcd.io"


# Environments


def root_app_mixes_environments(context: CheckContext) -> Iterator[Violation]:
    """Report each root that acts by itself and reaches production together with other environments."""
    for root in context.reaches.roots:
        reach = context.reaches.of(root)
        production, others = _environments(context, reach)
        if production and others and _acts_by_itself(context, root):
            violation = Violation(
                _mixed_message(root, production, others), deliveries=_own(root), environments=reach.environments
            )
            yield at_root(context, root, replace(violation, related=_samples(reach)))


def _environments(context: CheckContext, reach: Reach) -> tuple[list[str], list[str]]:
    known = context.graph.environments
    production = [name for name in reach.environments if known[name].production]
    return production, [name for name in reach.environments if name not in production]


def _acts_by_itself(context: CheckContext, root: Root) -> bool:
    """Whether a change is applied everywhere with nobody asked; a progressive ApplicationSet goes step by step."""
    if isinstance(root, Delivery):
        return root.sync.automated
    progressive = mapping_at(root.object, "spec", "strategy").get("type") == "RollingSync"
    return not progressive and any(child.sync.automated for child in context.reaches.children_of(root))


def _own(root: Root) -> tuple[Delivery, ...]:
    return (root,) if isinstance(root, Delivery) else ()


def _mixed_message(root: Root, production: Sequence[str], others: Sequence[str]) -> str:
    what = "its template or generators" if isinstance(root, Generator) else "its source"
    return (
        f"{kind_of(root)} {root.name} syncs by itself and reaches production ({', '.join(production)}) together with "
        f"{', '.join(others)}: a change of {what} is not tried in one environment first, it is in all of them within "
        f"minutes. Make one root for each environment, or let a person sync it"
    )


def _samples(reach: Reach) -> tuple[Related, ...]:
    """Give one child of each environment."""
    first = {child.environment: child for child in reversed(reach.children) if child.environment and child.span}
    return tuple(
        Related(child.span, f"{child.kind} {child.name} is of {name}")
        for name in reach.environments
        if (child := first.get(name)) is not None and child.span is not None
    )


# Revision


def root_app_mutable_revision(context: CheckContext) -> Iterator[Violation]:
    """Report Applications that create Applications and follow a branch or a range."""
    for root in _app_roots(context):
        reach = context.reaches.of(root)
        for source in root.sources:
            for followed in of_source(context, root, source):
                below = counted(len(reach.deliveries), "deliveries")
                message = (
                    f"{followed.violation.message.partition(';')[0].partition(':')[0]}, and Application {root.name} is "
                    f"a root: a push there decides what the {below} below it are. Pin the root to a tag or commit, so "
                    "that a change of its children is a change that somebody promotes"
                )
                yield replace(followed.violation, message=message, environments=reach.environments)


def _app_roots(context: CheckContext) -> Iterator[Delivery]:
    """Give the Applications, written as such, that create deliveries."""
    for delivery in context.deliveries:
        if delivery.kind == "Application" and not delivery.generator and context.reaches.of(delivery).deliveries:
            yield delivery


# Project


def root_app_default_project(context: CheckContext) -> Iterator[Violation]:
    """Report roots in Argo CD's project ``default``, unless the repository declares that project with limits."""
    if any(item.name == "default" and not widths_of(item.data) for item in context.of_kinds(("AppProject",))):
        return
    for root in context.reaches.roots:
        if isinstance(root, Delivery) and root.kind == "Application" and root.project in ("", "default"):
            written = "project" in mapping_at(root.object, "spec")
            path: FieldPath = ("spec", "project") if written else ("spec",)
            message = (
                f"Application {root.name} is a root in the project default, which permits every repository, cluster "
                "and kind: whoever can change its source can deploy anything anywhere. Give it an AppProject of its "
                "own that permits this repository, Argo CD's namespace, and of kinds only Application, ApplicationSet "
                "and AppProject"
            )
            reached = context.reaches.of(root).environments
            yield at_field(context, root, path, Violation(message, environments=reached, on_key=not written))


# Cycle


def root_app_cycle(context: CheckContext) -> Iterator[Violation]:
    """Report deliveries that apply their own declaration or an ancestor's; a root that manages itself is meant to."""
    for delivery in context.deliveries:
        if not context.reaches.creator(delivery) or delivery.cluster not in _OWN_CLUSTER:
            continue
        applied = {_key(item): item for item in context.objects_of(delivery) if _declares(item)}
        for above in _line_of(context, delivery) if applied and not _installs(context, delivery) else ():
            item = applied.get((above.kind, above.namespace, above.name))
            if item is not None:
                yield _cycle(context, delivery, above, item)
                break


def _declares(item: RenderedObject) -> bool:
    group = group_of(item.api_version)
    return (group == "argoproj.io" and item.kind == "Application") or group == _FLUX_GROUP


def _key(item: RenderedObject) -> tuple[str, str, str]:
    return item.kind, item.namespace, item.name


def _installs(context: CheckContext, delivery: Delivery) -> bool:
    """Whether a delivery installs the controller: that it brings the root along is how a cluster is bootstrapped."""
    return any(item.name in _CONTROLLERS for item in context.objects_of(delivery))


def _line_of(context: CheckContext, delivery: Delivery) -> Iterator[Delivery]:
    """Give the ancestors of a delivery, the root first, then itself."""
    line: list[Delivery] = []
    current: Delivery | None = delivery
    while current is not None and current not in line:
        line.append(current)
        current = context.reaches.creator(current)
    return reversed(line)


def _cycle(context: CheckContext, delivery: Delivery, above: Delivery, item: RenderedObject) -> Violation:
    own = above is delivery
    creator = context.reaches.creator(delivery)
    who = "itself" if own else f"its ancestor {above.name}"
    both = f"{creator.kind} {creator.name}" if own and creator is not None else f"whatever creates {above.name}"
    message = (
        f"{delivery.kind} {delivery.name} applies {who}: the {item.kind} {item.name} is in its source too, so it and "
        f"{both} undo each other's version, and with prune one of them deletes all that is below. Point its path at "
        f"the manifests that it is to apply, or leave the {item.kind} out of them"
    )
    related = () if above.span is None else (Related(above.span, f"{above.kind} {above.name} is declared here"),)
    path: FieldPath = ("spec", "path")
    if delivery.controller == "argocd" and delivery.sources:
        path = (*delivery.sources[0].field_path, "path")
    return at_field(context, delivery, path, Violation(message, related=related))


# Deletion


def cascade_delete(context: CheckContext) -> Iterator[Violation]:
    """Report Applications that create Applications and carry the finalizer that deletes them too."""
    for root in _app_roots(context):
        finalizers = mapping_at(root.object, "metadata").get("finalizers")
        for index, finalizer in enumerate(finalizers if isinstance(finalizers, list) else ()):
            if str(finalizer).startswith(FINALIZER):
                reach = context.reaches.of(root)
                violation = Violation(_cascade_message(root, reach), environments=reach.environments)
                yield at_field(context, root, ("metadata", "finalizers", index), violation)


def _cascade_message(root: Delivery, reach: Reach) -> str:
    takers = [child for child in reach.deliveries if _has_finalizer(child.object)]
    fate = f"{len(takers)} of these delete their workloads with them" if takers else "their workloads stay unowned"
    return (
        f"deleting Application {root.name} deletes the {counted(len(reach.deliveries), 'deliveries')} below it, as it "
        f"has the resources finalizer, and {fate}: a mistaken kubectl delete or a rename is enough. Leave the finalizer "
        "to the children, and delete a root's children on purpose (argocd app delete --cascade)"
    )


def _has_finalizer(data: Mapping[str, Any]) -> bool:
    finalizers = mapping_at(data, "metadata").get("finalizers")
    return any(str(item).startswith(FINALIZER) for item in (finalizers if isinstance(finalizers, list) else ()))


def allow_empty(context: CheckContext) -> Iterator[Violation]:
    """Report Applications that prune by themselves even where nothing would be left."""
    for delivery in context.deliveries:
        if delivery.controller == "argocd" and delivery.sync.allow_empty and delivery.sync.prune:
            violation = Violation(
                f"allowEmpty lets {delivery.kind} {delivery.name} prune everything that it applied as soon as its "
                "source renders nothing: a wrong path, an emptied folder or a values file that turns all off deletes "
                "the whole application. Remove allowEmpty; Argo CD then refuses such a sync",
                environments=context.reaches.of(delivery).environments,
            )
            yield at_field(context, delivery, ("spec", "syncPolicy", "automated", "allowEmpty"), violation)
