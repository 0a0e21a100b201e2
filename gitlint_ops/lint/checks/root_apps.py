"""Checks of single settings of roots: the environments they mix, what they follow, their project, their finalizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.blast_radius import FINALIZER, at_root, counted, kind_of
from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.edits import without_field
from gitlint_ops.lint.checks.projects import widths_of
from gitlint_ops.lint.checks.revisions import of_source
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.reach import Reach, Root
from gitlint_ops.repo.model import Delivery, Generator
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_CONTROLLERS = (
    "argocd-application-controller",
    "argocd-server",
    "kustomize-controller",
    "openshift-gitops-application-controller",
)
"""Workloads by which a delivery is known as the one that installs the controller itself."""
_OWN_CLUSTER = ("", "in-cluster")
_FLUX_GROUP = "kustomize.toolkit.fluxcd.io"
_FLUX_ROOT = "flux-system"
_ADVICE = "Point its path at the manifests that it is to apply, or move the declaration out of there"


# Environments


def root_app_mixes_environments(context: CheckContext) -> Iterator[Violation]:
    """Report each root that acts by itself and reaches production together with other environments."""
    for root in context.reaches.outermost(lambda root: _mixes(context, root)):
        reach = context.reaches.of(root)
        violation = Violation(
            _mixed_message(root, *_environments(context, reach)), deliveries=_own(root), environments=reach.environments
        )
        yield at_root(context, root, replace(violation, related=_samples(reach)))


def _mixes(context: CheckContext, root: Root) -> bool:
    return all(_environments(context, context.reaches.of(root))) and _acts_by_itself(context, root)


def _environments(context: CheckContext, reach: Reach) -> tuple[list[str], list[str]]:
    known = context.graph.environments
    production = [name for name in reach.environments if known[name].production]
    return production, [name for name in reach.environments if name not in production]


def _acts_by_itself(context: CheckContext, root: Root) -> bool:
    """Whether a change is applied everywhere with nobody asked; a progressive ApplicationSet goes step by step."""
    if isinstance(root, Delivery):
        return root.sync.automated
    progressive = mapping(root.object, "spec", "strategy").get("type") == "RollingSync"
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
                message = (
                    f"Application {root.name} is a root and follows {followed.branch or 'HEAD'}: whatever is pushed "
                    f"there decides at once which of the {counted(len(reach.deliveries), 'deliveries')} below it exist "
                    "and what they are. Pin the root to a tag or commit, so that somebody promotes such a change"
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
    for root in context.reaches.outermost(_is_in_default_project):
        if isinstance(root, Delivery):
            written = "project" in mapping(root.object, "spec")
            path: FieldPath = ("spec", "project") if written else ("spec",)
            message = (
                f"Application {root.name} is a root in the project default, which permits every repository, cluster "
                "and kind: whoever can change its source can deploy anything anywhere. Give it an AppProject of its "
                "own that permits this repository, Argo CD's namespace, and of kinds only Application, ApplicationSet "
                "and AppProject"
            )
            reached = context.reaches.of(root).environments
            yield at_field(context, root, path, Violation(message, environments=reached, on_key=not written))


def _is_in_default_project(root: Root) -> bool:
    return isinstance(root, Delivery) and root.kind == "Application" and root.project in ("", "default")


# Cycle


def root_app_cycle(context: CheckContext) -> Iterator[Violation]:
    """Report deliveries that apply their own declaration or an ancestor's; a root that manages itself is meant to."""
    for delivery in context.deliveries:
        if not context.reaches.creator(delivery) or _is_sent_elsewhere(delivery):
            continue
        applied = {_key(item): item for item in context.objects_of(delivery) if _declares(item)}
        for above in _line_of(context, delivery) if applied and not _installs(context, delivery) else ():
            item = applied.get((above.kind, above.namespace, above.name))
            if item is not None:
                yield _of_itself(context, delivery) if above is delivery else _of_each_other(context, delivery, above)
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


def _is_sent_elsewhere(delivery: Delivery) -> bool:
    """Whether a delivery applies to another cluster, where an object of the same name is another object."""
    if delivery.controller == "flux":
        return bool(mapping(delivery.object, "spec", "kubeConfig"))
    return delivery.cluster not in _OWN_CLUSTER


def _of_itself(context: CheckContext, delivery: Delivery) -> Violation:
    creator = context.reaches.creator(delivery)
    other = f"{creator.kind} {creator.name}" if creator is not None else "its creator"
    message = (
        f"{delivery.kind} {delivery.name} applies itself: its own declaration is in its source, so it and {other} take "
        f"it from each other, and the one that stops rendering it may prune it with all that is below. {_ADVICE}"
    )
    return _at_path(context, delivery, Violation(message, related=_declared(context, delivery)))


def _of_each_other(context: CheckContext, delivery: Delivery, above: Delivery) -> Violation:
    """Name the later one, but rather than the root of ``flux bootstrap`` the one beside it."""
    by_bootstrap = delivery.controller == "flux" and delivery.name == _FLUX_ROOT
    one, other = (above, delivery) if by_bootstrap else (delivery, above)
    message = (
        f"{one.kind} {one.name} applies {other.kind} {other.name}, from which it comes itself: neither is the root any "
        f"more, and the one that stops rendering the other may prune it with all that is below. {_ADVICE}"
    )
    return _at_path(context, one, Violation(message, related=_declared(context, other)))


def _declared(context: CheckContext, delivery: Delivery) -> tuple[Related, ...]:
    """Point at the name of the declaring object, where other rules report it as applied twice."""
    span = delivery.span
    if delivery.document is not None:
        span, _ = context.tree.nearest(*delivery.document, ("metadata", "name"))
    return (Related(span, f"{delivery.kind} {delivery.name} is declared here"),) if span else ()


def _at_path(context: CheckContext, delivery: Delivery, violation: Violation) -> Violation:
    source = delivery.sources[0].field_path if delivery.sources and delivery.controller == "argocd" else ("spec",)
    return at_field(context, delivery, (*source, "path"), violation)


# Deletion


def cascade_delete(context: CheckContext) -> Iterator[Violation]:
    """Report Applications that create Applications and carry the finalizer that deletes them too."""
    for root in _app_roots(context):
        finalizers = mapping(root.object, "metadata").get("finalizers")
        for index, finalizer in enumerate(finalizers if isinstance(finalizers, list) else ()):
            if str(finalizer).startswith(FINALIZER):
                reach = context.reaches.of(root)
                violation = Violation(_cascade_message(root, reach), environments=reach.environments)
                found = at_field(context, root, ("metadata", "finalizers", index), violation)
                yield replace(found, fix=without_field(context, found, "Remove the finalizer of the root"))


def _cascade_message(root: Delivery, reach: Reach) -> str:
    takers = [child for child in reach.deliveries if _has_finalizer(child.object)]
    fate = f"{len(takers)} of these with all that they run" if takers else "though what they run stays"
    return (
        f"deleting Application {root.name} deletes the {counted(len(reach.deliveries), 'deliveries')} below it, as it "
        f"has the resources finalizer, {fate}: a mistaken kubectl delete or a rename is enough. Leave the finalizer "
        "to the children, and delete a root's children on purpose (argocd app delete --cascade)"
    )


def _has_finalizer(data: Mapping[str, Any]) -> bool:
    finalizers = mapping(data, "metadata").get("finalizers")
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
            found = at_field(context, delivery, ("spec", "syncPolicy", "automated", "allowEmpty"), violation)
            yield replace(found, fix=without_field(context, found, "Remove allowEmpty"))
