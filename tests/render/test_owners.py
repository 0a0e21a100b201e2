from __future__ import annotations

from typing import Any

from gitlint_ops.render import as_applied
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, DirectoryUnit, FluxBuild, HelmUnit, KustomizeUnit, Unit


def labels(controller: Any, unit: Unit, **own: str) -> Any:
    delivery = Delivery("d", controller, "X", "flux-system", "apps")
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", **({"labels": own} if own else {})}}
    item = RenderedObject("v1", "ConfigMap", "web", "c", data, delivery, unit)
    found = as_applied(item)
    assert item.data["metadata"].get("labels", {}) == own, "the rendered object itself stays as it is"
    return found["metadata"].get("labels")


def test_kustomize_controller_marks_what_it_applies() -> None:
    build = FluxBuild("apps", "flux-system", {})
    assert labels("flux", KustomizeUnit("apps", flux=build), team="blue") == {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        "team": "blue",
    }


def test_common_metadata_comes_after_the_marks() -> None:
    spec = {"commonMetadata": {"labels": {"kustomize.toolkit.fluxcd.io/name": "own"}}}
    build = FluxBuild("apps", "flux-system", spec)
    found = labels("flux", KustomizeUnit("apps", flux=build))
    assert found["kustomize.toolkit.fluxcd.io/name"] == "own"


def test_helm_controller_marks_what_it_applies() -> None:
    assert labels("flux", HelmUnit("chart", "web", "web")) == {
        "helm.toolkit.fluxcd.io/name": "apps",
        "helm.toolkit.fluxcd.io/namespace": "flux-system",
    }


def test_nothing_else_is_marked() -> None:
    assert labels("argocd", DirectoryUnit("apps")) is None
    assert labels("none", KustomizeUnit("apps"), a="b") == {"a": "b"}
