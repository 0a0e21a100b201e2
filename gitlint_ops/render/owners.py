"""What a controller adds to each object that it applies, beside what the repository makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.repo.model import FluxBuild, KustomizeUnit

_KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
_HELM = "helm.toolkit.fluxcd.io"


def as_applied(item: RenderedObject) -> Mapping[str, Any]:
    """Give an object as its controller sends it to the cluster: with the labels by which Flux knows its own.

    kustomize-controller sets them before ``commonMetadata`` (kustomization_controller.go), helm-controller last
    (internal/postrender). Rules and comparisons do not see them: nobody writes them, and no finding could be about
    them. Argo CD's tracking marks are no part of this: its settings on the cluster choose them.
    """
    unit = item.unit
    if item.delivery.controller != "flux":
        return item.data
    if isinstance(unit, KustomizeUnit) and unit.flux is not None:
        return _labelled(item.data, _marks(_KUSTOMIZE, unit.flux.name, unit.flux.namespace) | _common(unit.flux))
    return _labelled(item.data, _marks(_HELM, item.delivery.name, item.delivery.namespace))


def _marks(group: str, name: str, namespace: str) -> dict[str, str]:
    return {f"{group}/name": name, f"{group}/namespace": namespace}


def _common(build: FluxBuild) -> dict[str, str]:
    common = build.spec.get("commonMetadata")
    labels = common.get("labels") if isinstance(common, Mapping) else None
    return {str(key): str(value) for key, value in labels.items()} if isinstance(labels, Mapping) else {}


def _labelled(data: Mapping[str, Any], labels: Mapping[str, str]) -> Mapping[str, Any]:
    metadata = metadata_of(data)
    own = metadata.get("labels")
    merged = {**(own if isinstance(own, Mapping) else {}), **labels}
    return {**data, "metadata": {**metadata, "labels": dict(sorted(merged.items()))}}
