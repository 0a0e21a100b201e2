"""Checks of how a delivery is applied: healing off, objects replaced by force, validation off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.blast_radius import counted
from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.edits import without_field
from gitlint_ops.lint.checks.repeated import Found, called, said_once
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

OPTIONS = "argocd.argoproj.io/sync-options"
_ANNOTATIONS = ("metadata", "annotations")
_FLUX_FORCE = "kustomize.toolkit.fluxcd.io/force"
_UPDATED_IN_PLACE = frozenset({"CustomResourceDefinition", "Namespace"})
"""Kinds that gitops-engine updates even where it is to replace them (sync_context.go, applyObject)."""
_RUN_ANEW = frozenset({"Job"})
"""Kinds whose objects are made anew for each change, because they cannot be changed: that is how it is done."""
_UNHARMED = _UPDATED_IN_PLACE | _RUN_ANEW | {"ConfigMap"}


def options_of(data: Mapping[str, Any]) -> frozenset[str]:
    """Give the sync options of an object's annotation."""
    written = mapping(data, "metadata", "annotations").get(OPTIONS)
    return frozenset(word.strip() for word in str(written).split(",")) if written else frozenset()


def option_path(delivery: Delivery, option: str) -> FieldPath | None:
    """Give the field of an Application that sets a sync option (``Replace=true``), None where none does."""
    options = mapping(delivery.object, "spec", "syncPolicy").get("syncOptions")
    if delivery.controller != "argocd" or not isinstance(options, list) or option not in options:
        return None
    return ("spec", "syncPolicy", "syncOptions", options.index(option))


# Self-heal


def self_heal_off(context: CheckContext) -> Iterator[Violation]:
    """Report Applications that sync by themselves and leave drift alone; as one finding where most of them do."""
    automated = [d for d in context.deliveries if d.controller == "argocd" and d.sync.automated]
    found = [(d, _not_healing(context, d)) for d in automated if not d.sync.self_heal]
    yield from said_once(found, automated, "automated Applications here do not heal")


def _not_healing(context: CheckContext, delivery: Delivery) -> Violation:
    automated = mapping(delivery.object, "spec", "syncPolicy", "automated")
    path = ("spec", "syncPolicy", "automated", *(("selfHeal",) if "selfHeal" in automated else ()))
    message = (
        f"{called(context, delivery)} syncs each commit by itself but leaves what is changed in the cluster by "
        "hand until the next one, so Git does not tell what runs; set selfHeal: true"
    )
    return at_field(context, delivery, path, Violation(message, on_key=path[-1] == "automated"))


# Force and replace


def force_or_replace(context: CheckContext) -> Iterator[Violation]:
    """Report deliveries and objects whose objects are replaced, or deleted and created again, instead of patched."""
    real = [d for d in context.deliveries if d.controller != "none"]
    found = [
        (delivery, _removable(context, at_field(context, delivery, path, _forced(context, delivery, how))))
        for delivery in real
        for path, how in _forces(delivery)
        if not _unharmed(context, delivery)
    ]
    yield from said_once(found, real, "deliveries here replace their objects")
    for item in context.objects:
        message = _forced_object(item)
        if message:
            annotation = _FLUX_FORCE if item.delivery.controller == "flux" else OPTIONS
            yield _removable(context, Violation(message, object=item, field_path=(*_ANNOTATIONS, annotation)))


def _removable(context: CheckContext, violation: Violation) -> Violation:
    """Give a violation with the fix that takes its field out; not where an annotation sets other options too."""
    item = violation.object
    if item is not None and violation.field_path == (*_ANNOTATIONS, OPTIONS) and len(options_of(item.data)) > 1:
        return violation
    return replace(violation, fix=without_field(context, violation, f"Remove {_named(violation)}"))


def _named(violation: Violation) -> str:
    last = next((step for step in reversed(violation.field_path) if isinstance(step, str)), "")
    return last if last and last != "syncOptions" else "the option"


def _forces(delivery: Delivery) -> Iterator[tuple[FieldPath, str]]:
    """Give the fields by which a delivery replaces its objects, each with what it does."""
    spec = mapping(delivery.object, "spec")
    path = option_path(delivery, "Replace=true")
    if path is not None:
        yield (
            path,
            f"Replace=true makes each sync replace the objects, so {_LOST}, and what cannot be replaced is recreated",
        )
    if delivery.kind == "Kustomization" and delivery.controller == "flux" and spec.get("force") is True:
        yield ("spec", "force"), f"force: true has the objects {_RECREATED}"
    if delivery.kind == "HelmRelease" and mapping(spec, "upgrade").get("force") is True:
        yield ("spec", "upgrade", "force"), f"upgrade.force makes each upgrade replace the objects, so {_LOST}"


_LOST = "what others wrote there (an autoscaler's replicas, an injected CA bundle) is lost each time"
_RECREATED = (
    "deleted and created again where a change cannot be patched, with what depends on it: pods, volumes, a load "
    "balancer's address"
)


def _unharmed(context: CheckContext, delivery: Delivery) -> bool:
    """Whether a delivery holds nothing but kinds to which replacing does no harm."""
    kinds = {item.kind for item in context.objects_of(delivery)}
    return bool(kinds) and kinds <= _UNHARMED


def _forced(context: CheckContext, delivery: Delivery, how: str) -> Violation:
    reach = context.reaches.of(delivery)
    message = f"{called(context, delivery)}: {how}"
    if not reach.deliveries or delivery.controller == "flux":
        return Violation(f"{message}. {_advice(delivery)}")
    below = counted(len(reach.deliveries), "deliveries")
    message = (
        f"{message}; it is a root with {below} below it, and one that is recreated deletes all that it applied first"
    )
    return Violation(f"{message}. {_advice(delivery)}", severity="error", environments=reach.environments)


def _advice(delivery: Delivery) -> str:
    if delivery.kind == "HelmRelease":
        return "Remove it, and delete by hand the one object whose change Helm cannot make"
    if delivery.controller == "flux":
        return f"Remove it, and annotate the objects that need it ({_FLUX_FORCE}: enabled) as long as they do"
    return (
        "Use ServerSideApply=true for objects that are too large to apply, and annotate the ones that have to be "
        f"replaced ({OPTIONS}: Replace=true)"
    )


def _forced_object(item: RenderedObject) -> str:
    """Give the message about an object that its own annotation forces, '' where none does."""
    if item.kind in _RUN_ANEW:
        return ""
    if item.delivery.controller == "flux":
        value = mapping(item.data, "metadata", "annotations").get(_FLUX_FORCE)
        return _recreated(item, f"{_FLUX_FORCE}: {value}") if str(value).lower() == "enabled" else ""
    options = options_of(item.data)
    if "Force=true" in options:
        return _recreated(item, "Force=true")
    if "Replace=true" in options and item.kind not in _UNHARMED:
        return f"Replace=true has {item.label} replaced at each sync: {_LOST}. Use ServerSideApply=true"
    return ""


def _recreated(item: RenderedObject, how: str) -> str:
    return f"{how} has {item.label} {_RECREATED}. Remove it once the change that needs it is made"


# Validation


def validation_off(context: CheckContext) -> Iterator[Violation]:
    """Report what is applied without validation; as one finding where most deliveries are."""
    applications = [d for d in context.deliveries if d.controller == "argocd"]
    found = [*_unvalidated(context, applications)]
    yield from said_once(found, applications, "Applications here are applied without validation")
    for delivery in context.deliveries:
        yield from _unvalidated_release(context, delivery)
    for item in context.objects:
        if item.delivery.controller != "flux" and "Validate=false" in options_of(item.data):
            message = f"{item.label} is applied without validation (Validate=false){_UNSEEN}"
            yield _removable(context, Violation(message, object=item, field_path=(*_ANNOTATIONS, OPTIONS)))


_UNSEEN = (
    ": a field that is misspelt or misplaced is dropped in silence instead of failing the sync. Remove it, and mend "
    "what the API server then refuses"
)


def _unvalidated(context: CheckContext, applications: list[Delivery]) -> Iterator[Found]:
    for delivery in applications:
        path = option_path(delivery, "Validate=false")
        if path is not None:
            message = f"{called(context, delivery)} is applied without validation (Validate=false){_UNSEEN}"
            yield delivery, _removable(context, at_field(context, delivery, path, Violation(message)))


def _unvalidated_release(context: CheckContext, delivery: Delivery) -> Iterator[Violation]:
    if delivery.kind != "HelmRelease":
        return
    for action in ("install", "upgrade"):
        path = ("spec", action, "disableOpenAPIValidation")
        if mapping(delivery.object, "spec", action).get("disableOpenAPIValidation") is True:
            message = f"HelmRelease {delivery.name} is applied without validation ({'.'.join(path[1:])}){_UNSEEN}"
            yield _removable(context, at_field(context, delivery, path, Violation(message)))
