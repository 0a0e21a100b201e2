"""Checks of what must be there first: custom objects and the CRDs, operators and webhooks that they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.checks.same_cluster import cluster_key
from gitlint_ops.lint.checks.sync_policy import option_path, options_of
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.narrowing import items, mapping, texts

_SKIP = "SkipDryRunOnMissingResource=true"
_WAVE = "argocd.argoproj.io/sync-wave"
_HOOK = "helm.sh/hook"
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
Kind = tuple[str, str]
"""API group and kind."""


def missing_sync_wave(context: CheckContext) -> Iterator[Violation]:
    """Report custom objects that are applied before what they need can be there.

    Argo CD and Flux put the CRDs of one delivery first by themselves (gitops-engine's sync_tasks.go, fluxcd/pkg/ssa's
    ApplyAllStaged). What they cannot order: CRDs that a child delivery brings, CRDs in a chart's ``templates/`` under
    Flux, and objects that a webhook of the same wave has to admit.
    """
    for delivery in context.deliveries:
        if delivery.controller != "none":
            for kind, items in _custom_objects(context, delivery).items():
                message = _unordered(context, delivery, kind, items)
                if message:
                    yield Violation(message, object=items[0], field_path=("kind",))


def _definitions(context: CheckContext) -> Mapping[Kind, tuple[RenderedObject, ...]]:
    """Give the rendered CRDs by the kind that they define."""
    return context.once("definitions-by-kind", lambda: _index(context))


def _index(context: CheckContext) -> dict[Kind, tuple[RenderedObject, ...]]:
    found: dict[Kind, list[RenderedObject]] = {}
    for item in context.of_kinds(("CustomResourceDefinition",)):
        spec = mapping(item.data, "spec")
        found.setdefault((str(spec.get("group")), str(mapping(spec, "names").get("kind"))), []).append(item)
    return {kind: tuple(items) for kind, items in found.items()}


def _custom_objects(context: CheckContext, delivery: Delivery) -> Mapping[Kind, list[RenderedObject]]:
    found: dict[Kind, list[RenderedObject]] = {}
    defined = _definitions(context)
    for item in context.objects_of(delivery):
        kind = (group_of(item.api_version), item.kind)
        if kind in defined and not _is_controllers_own(delivery, kind):
            found.setdefault(kind, []).append(item)
    return found


def _is_controllers_own(delivery: Delivery, kind: Kind) -> bool:
    """Whether a kind is there wherever the controller of a delivery runs, as the delivery itself shows."""
    if delivery.controller == "flux":
        return kind[0].endswith(".toolkit.fluxcd.io")
    return kind[0] == "argoproj.io" and kind[1] in ("Application", "ApplicationSet", "AppProject")


def _unordered(context: CheckContext, delivery: Delivery, kind: Kind, items: list[RenderedObject]) -> str:
    """Give the message about the objects of one kind in a delivery, '' where they are ordered."""
    definitions = _definitions(context)[kind]
    own = [item for item in definitions if item.delivery is delivery]
    if not own:
        return _brought_by_child(context, delivery, items, definitions)
    if delivery.controller == "flux":
        return _in_templates(delivery, items, own[0]) if delivery.kind == "HelmRelease" else ""
    return _admitted(context, delivery, kind, items)


def _brought_by_child(
    context: CheckContext, delivery: Delivery, items: list[RenderedObject], definitions: tuple[RenderedObject, ...]
) -> str:
    """Judge a kind whose CRD only comes with a delivery that this one creates, on the same cluster."""
    below = {child.id for child in context.reaches.of(delivery).deliveries}
    here = cluster_key(context, delivery)
    near = [item for item in definitions if cluster_key(context, item.delivery) == here]
    if not here or not near or any(item.delivery.id not in below for item in near):
        return ""
    child = near[0].delivery
    if delivery.controller == "argocd":
        if option_path(delivery, _SKIP) or all(_SKIP in options_of(item.data) for item in items):
            return ""
        advice = f"annotate it argocd.argoproj.io/sync-options: {_SKIP} and give it a later sync wave"
    else:
        advice = f"move it to a Kustomization of its own that depends on {child.name} (dependsOn)"
    return (
        f"{_named(items)} needs a CRD that {child.kind} {child.name} brings, and {delivery.kind} {delivery.name} "
        f"applies both: its dry run fails on a new cluster because the kind is unknown, so nothing of it is applied, "
        f"{child.name} neither; {advice}"
    )


def _named(items: list[RenderedObject]) -> str:
    more = f" (and {len(items) - 1} more of its kind)" if items[1:] else ""
    return f"{items[0].label}{more}"


def _in_templates(delivery: Delivery, items: list[RenderedObject], definition: RenderedObject) -> str:
    """Judge a release: Helm looks up the kinds of all objects before it creates the first; ``crds/`` come earlier."""
    hooked = all(_HOOK in mapping(item.data, "metadata", "annotations") for item in items)
    if hooked or "/templates/" not in f"/{definition.source_path}":
        return ""
    return (
        f"{_named(items)} is in the same release as its CRD, which lies in the chart's templates/: Helm does not know "
        f"the kind when HelmRelease {delivery.name} is installed first, and the installation fails; move the CRD to "
        "crds/, or make the object a post-install,post-upgrade hook"
    )


def _admitted(context: CheckContext, delivery: Delivery, kind: Kind, items: list[RenderedObject]) -> str:
    """Judge objects that a webhook of the same delivery admits: its pods do not answer yet in the same wave."""
    for webhook in context.objects_of(delivery):
        if webhook.kind in _WEBHOOKS and kind[0] in _judged_groups(webhook.data):
            early = [item for item in items if wave(item) <= wave(webhook)]
            if early:
                return (
                    f"{_named(early)} is applied in the same wave as {webhook.label}, which has to admit it: its pods "
                    f"do not answer yet when {delivery.kind} {delivery.name} is synced first, and the sync fails; give "
                    f"it a later wave ({_WAVE})"
                )
    return ""


def _judged_groups(data: Mapping[str, Any]) -> set[str]:
    """Give the API groups that a webhook configuration names and whose objects it may refuse."""
    return {
        group
        for _, webhook in items(data.get("webhooks"))
        if webhook.get("failurePolicy", "Fail") == "Fail"
        for _, rule in items(webhook.get("rules"))
        for group in texts(rule.get("apiGroups"))
    }


def wave(item: RenderedObject) -> int:
    """Give an object's sync wave; Helm's hook weight counts where there is none, as in gitops-engine."""
    annotations = mapping(item.data, "metadata", "annotations")
    text = str(annotations.get(_WAVE) or annotations.get("helm.sh/hook-weight") or "0")
    try:
        return int(text)
    except ValueError:
        # Argo CD takes a wave that is no number for 0.
        return 0
