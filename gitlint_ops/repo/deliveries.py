"""From declared objects to deliveries: Argo CD's and Flux's kinds, each told by its API group as well as its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gitlint_ops.repo.applicationset import application_set
from gitlint_ops.repo.argocd import application_delivery
from gitlint_ops.repo.argocd_settings import ARGO_GROUP
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.flux import OPERATOR_GROUP, instance_delivery, kustomization_delivery
from gitlint_ops.repo.flux_helm import HELM_GROUP, release_delivery
from gitlint_ops.repo.flux_sources import KUSTOMIZE_GROUP
from gitlint_ops.repo.locations import UnrenderableError, unrendered
from gitlint_ops.repo.model import Declared, Delivery, Generator, Unrendered
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.views import group_of, kind_of, metadata_text

_READERS: dict[tuple[str, str], Callable[[Declared, Context], Delivery | None]] = {
    (ARGO_GROUP, "Application"): application_delivery,
    (KUSTOMIZE_GROUP, "Kustomization"): kustomization_delivery,
    (HELM_GROUP, "HelmRelease"): release_delivery,
    (OPERATOR_GROUP, "FluxInstance"): instance_delivery,
}


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What declared objects tell controllers to do: deliveries, and the ApplicationSets that generate some of them."""

    deliveries: tuple[Delivery, ...] = ()
    generators: tuple[Generator, ...] = ()
    gaps: tuple[Unrendered, ...] = ()
    """Objects that make others on the cluster in a way that is not known here: what they make is not checked."""


def deliveries_in(declared: Sequence[Declared], context: Context) -> Deliveries:
    """Give the deliveries of the objects that declare any, in their order; other objects are passed over.

    An object of any shape gives a delivery: what its controller would refuse is said in ``Delivery.unrendered``.
    """
    deliveries: list[Delivery] = []
    generators: list[Generator] = []
    gaps: list[Unrendered] = []
    context.tree.preload_positions(item.path for item in declared if _has_values(item))
    for item in declared:
        kind = (group_of(item.data), kind_of(item.data))
        if kind == (ARGO_GROUP, "ApplicationSet"):
            generator, generated = application_set(item, context)
            generators.append(generator)
            deliveries += generated
        elif kind == (OPERATOR_GROUP, "ResourceSet"):
            gaps.append(_resource_set(item, context))
        elif kind in _READERS:
            delivery = _READERS[kind](item, context)
            deliveries += [delivery] if delivery is not None else []
    return Deliveries(tuple(deliveries), tuple(generators), tuple(gaps))


def _has_values(declared: Declared) -> bool:
    """Whether a document is one of those whose delivery says where its values are written."""
    kind = (group_of(declared.data), kind_of(declared.data))
    return declared.document is not None and kind in {(ARGO_GROUP, "Application"), (HELM_GROUP, "HelmRelease")}


def _resource_set(declared: Declared, context: Context) -> Unrendered:
    """Give the coverage entry of a ResourceSet: flux-operator fills in its templates, with inputs of the cluster."""
    name = metadata_text(declared.data, "name") or "ResourceSet"
    reason = "its templates are filled in by flux-operator on the cluster, so the objects that it makes are not checked"
    return unrendered(UnrenderableError("needs-plugin", reason), f"ResourceSet {name}", Place(context.tree, declared))
