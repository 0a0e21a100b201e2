"""Checks of roots: deliveries that create deliveries, so that one bad change reaches everything below them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gitlint_ops.lint.checks.declarations import at_field, at_generator, rendered_declaration
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.reach import Reach, Root
from gitlint_ops.repo.model import Delivery, Generator
from gitlint_ops.repo.views import sync_options
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

FINALIZER = "resources-finalizer.argocd.argoproj.io"
_SHOWN = 3
_FIGURES = ("deliveries", "workloads", "namespaces", "clusters", "environments")


def root_app_blast_radius(context: CheckContext) -> Iterator[Violation]:
    """Report each root that syncs by itself with prune or selfHeal and reaches more than the options allow."""
    for root in context.reaches.outermost(lambda root: bool(_how_it_syncs(context, root) and _over(context, root))):
        yield _wide(context, root)


def _how_it_syncs(context: CheckContext, root: Root) -> str:
    """Give how a root acts without being asked ('automated sync with prune'), '' where it waits for a person."""
    if isinstance(root, Generator):
        return _how_set_syncs(context, root)
    if not root.sync.automated:
        return ""
    flags = [name for name, on in (("prune", root.sync.prune), ("selfHeal", root.sync.self_heal)) if on]
    return f"syncs by itself with {' and '.join(flags)}" if flags else ""


def _how_set_syncs(context: CheckContext, generator: Generator) -> str:
    """Give how an ApplicationSet acts: it deletes what its generators no longer give, unless its policy forbids it."""
    policy = mapping(generator.object, "spec", "syncPolicy")
    if policy.get("applicationsSync") in ("create-only", "create-update"):
        return ""
    automated = any(child.sync.automated for child in context.reaches.children_of(generator))
    return "creates, changes and deletes Applications that sync by themselves" if automated else ""


def _limits(context: CheckContext, root: Root) -> Mapping[str, int]:
    """Flux bootstraps a cluster as one root that prunes: its limits are higher."""
    factor = context.options["flux_factor"] if isinstance(root, Delivery) and root.controller == "flux" else 1
    many = {name: context.options[f"max_{name}"] * factor for name in ("deliveries", "workloads", "namespaces")}
    return many | {name: context.options[f"max_{name}"] for name in ("clusters", "environments")}


def figures_of(reach: Reach) -> Mapping[str, int]:
    """Give how many deliveries, workloads, namespaces, clusters and environments a root reaches."""
    return {
        "deliveries": len(reach.deliveries),
        "workloads": reach.workloads,
        "namespaces": len(reach.namespaces),
        "clusters": len(reach.clusters),
        "environments": len(reach.environments),
    }


def _over(context: CheckContext, root: Root) -> list[str]:
    """Give what a root reaches more of than it may, in words."""
    limits, figures = _limits(context, root), figures_of(context.reaches.of(root))
    return [f"{figures[name]} {name} (limit {limits[name]})" for name in _FIGURES if figures[name] > limits[name]]


def _wide(context: CheckContext, root: Root) -> Violation:
    reach, how, over = context.reaches.of(root), _how_it_syncs(context, root), _over(context, root)
    heavy = _heaviest(context, reach)
    names = ", ".join(f"{child.name} ({_weight_words(context, child)})" for child in heavy[:_SHOWN])
    unknown = f"; {reach.unrendered} of them are not rendered here and add to it" if reach.unrendered else ""
    message = (
        f"{kind_of(root)} {root.name} {how} and reaches {', '.join(over)}: {_reach_words(reach)}{unknown}. "
        f"Heaviest children: {names}. One bad change to it reaches all of them; split it into smaller roots "
        f"{_split_hint(reach)}, or turn {_off_hint(root)} off"
    )
    related = tuple(Related(c.span, f"{c.kind} {c.name}: {_weight_words(context, c)}") for c in heavy if c.span)
    violation = Violation(message, deliveries=_concerned(root, reach), environments=reach.environments, related=related)
    return at_root(context, root, violation)


def _concerned(root: Root, reach: Reach) -> tuple[Delivery, ...]:
    return (root,) if isinstance(root, Delivery) else reach.children


def _reach_words(reach: Reach) -> str:
    words = [counted(number, name) for name, number in figures_of(reach).items() if number]
    return f"in all {', '.join(words)}"


def counted(number: int, plural: str) -> str:
    """Give a number with its noun: ``1 delivery``, ``3 workloads``."""
    singular = "delivery" if plural == "deliveries" else plural[:-1]
    return f"{number} {singular if number == 1 else plural}"


def _split_hint(reach: Reach) -> str:
    if len(reach.environments) > 1:
        return "(one for each environment)"
    return "(one for each cluster)" if len(reach.clusters) > 1 else "(one for each team or layer)"


def _off_hint(root: Root) -> str:
    if isinstance(root, Generator):
        return "deletion (syncPolicy.applicationsSync: create-update)"
    return (
        "prune and selfHeal" if root.sync.prune and root.sync.self_heal else "prune" if root.sync.prune else "selfHeal"
    )


def _heaviest(context: CheckContext, reach: Reach) -> list[Delivery]:
    ordered = sorted(reach.children, key=lambda child: (-sum(_weight(context, child)), child.id))
    return ordered[: context.options["children_shown"]]


def _weight(context: CheckContext, child: Delivery) -> tuple[int, int]:
    """Give how many workloads and further deliveries a child brings."""
    below = context.reaches.of(child)
    return below.workloads, len(below.deliveries)


def _weight_words(context: CheckContext, child: Delivery) -> str:
    workloads, deliveries = _weight(context, child)
    parts = [counted(workloads, "workloads")] if workloads or not deliveries else []
    if not context.objects_of(child):
        parts = ["not rendered"]
    return ", ".join(parts + ([counted(deliveries, "deliveries")] if deliveries else []))


def kind_of(root: Root) -> str:
    """Give a root's kind for messages."""
    return "ApplicationSet" if isinstance(root, Generator) else root.kind


def at_root(context: CheckContext, root: Root, violation: Violation) -> Violation:
    """Put a violation where a root is told to act by itself; an ApplicationSet always does, so at its name."""
    if isinstance(root, Generator):
        return at_generator(context, root, ("metadata", "name"), violation)
    return at_field(context, root, sync_field(root), violation)


def sync_field(root: Delivery) -> FieldPath:
    """Give the field that makes a root act by itself: ``prune``, ``selfHeal``, ``enabled``, else ``automated``."""
    if root.controller == "flux":
        return ("spec", "prune")
    enabled = mapping(root.object, "spec", "syncPolicy", "automated").get("enabled") is True
    said = {"prune": root.sync.prune, "selfHeal": root.sync.self_heal, "enabled": enabled}
    return ("spec", "syncPolicy", "automated", *[name for name, on in said.items() if on][:1])


def root_app_auto_prune(context: CheckContext) -> Iterator[Violation]:
    """Report each Application that creates Applications and prunes by itself; what is pruned is a whole application."""
    controllers = ("argocd", "flux") if context.options["include_flux"] else ("argocd",)
    for root in context.deliveries:
        if root.controller not in controllers or not (root.sync.automated and root.sync.prune):
            continue
        made = [c for c in context.reaches.children_of(root) if not (c.generator and c.parent == root.id)]
        children: tuple[Root, ...] = (*made, *context.reaches.sets_of(root))
        exposed = [child for child in children if _prunable(context, child)]
        if exposed and not {"Prune=false", "Prune=confirm"}.intersection(root.sync.options):
            violation = Violation(
                _prune_message(context, root, exposed),
                environments=context.reaches.of(root).environments,
                related=_declared(exposed),
            )
            yield at_field(context, root, sync_field(root), violation)


def _declared(children: Sequence[Root]) -> tuple[Related, ...]:
    return tuple(Related(c.span, f"{kind_of(c)} {c.name} would be deleted") for c in children if c.span)


def _prunable(context: CheckContext, child: Root) -> bool:
    """Say whether pruning deletes a child: it does not where the child's own annotation says so."""
    declaration = rendered_declaration(context, child) if isinstance(child, Delivery) else None
    data = declaration.data if declaration is not None else child.object
    annotations = mapping(data, "metadata", "annotations")
    opted_out = annotations.get("kustomize.toolkit.fluxcd.io/prune") == "disabled"
    return not opted_out and not sync_options(data) & {"Prune=false", "Prune=confirm"}


def _prune_message(context: CheckContext, root: Delivery, children: Sequence[Root]) -> str:
    cascading = [c for c in children if cascades(c)]
    orphaned = len(children) - len(cascading)
    fate = []
    if cascading:
        known = counted(sum(_workloads_of(context, child) for child in cascading), "workloads")
        fate.append(f"{len(cascading)} of {len(children)} take their workloads with them ({known} known here)")
    if orphaned:
        fate.append(f"{orphaned} of {len(children)} leave theirs running without an owner (no resources finalizer)")
    return (
        f"{root.kind} {root.name} prunes its children by itself: a child that is missing from its source after a bad "
        f"merge (a moved folder, a wrong path, a removed line) is deleted at the next sync; {' and '.join(fate)}. "
        f"{_prune_advice(root)}"
    )


def _prune_advice(root: Delivery) -> str:
    if root.controller == "flux":
        return "Set prune: false on it, or annotate the children kustomize.toolkit.fluxcd.io/prune: disabled"
    return (
        "Set prune: false here and prune children by hand, or annotate the children "
        "argocd.argoproj.io/sync-options: Prune=confirm"
    )


def _workloads_of(context: CheckContext, child: Root) -> int:
    applied = (child,) if isinstance(child, Delivery) else context.reaches.children_of(child)
    return context.reaches.workloads_of(applied)


def cascades(child: Root) -> bool:
    """Say whether deleting a child deletes what it applied: by Argo CD's finalizer; Flux adds its own always.

    The Applications of an ApplicationSet have the finalizer unless it preserves resources.
    """
    if isinstance(child, Generator):
        return not mapping(child.object, "spec", "syncPolicy").get("preserveResourcesOnDeletion", False)
    if child.controller == "flux":
        return bool(mapping(child.object, "spec").get("prune", True))
    finalizers = mapping(child.object, "metadata").get("finalizers")
    return any(str(f).startswith(FINALIZER) for f in (finalizers if isinstance(finalizers, list) else ()))
