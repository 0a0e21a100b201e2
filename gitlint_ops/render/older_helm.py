"""Which controllers render with Helm 3, as far as it makes a difference: what a null in a chart's values does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from gitlint_ops.render.controllers import ControllerName, Version, configured_version, installed_versions
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit
from gitlint_ops.source import Json, SourceTree

HELM_3 = 3
_HELM_4_SINCE: Mapping[str, Version] = {"argocd": (3, 5), "flux": (2, 8)}
"""The first releases with Helm 4 (argo-cd, docs/operator-manual/upgrading/3.4-3.5.md; flux2, release 2.8.0)."""
_CONTROLLERS: tuple[ControllerName, ...] = ("argocd", "flux")


def has_helm_3(controllers: Mapping[str, str], controller: str) -> bool:
    """Whether a controller is known to render with Helm 3; ``controllers`` are the configuration's versions."""
    version = configured_version(controllers, controller)
    return version is not None and version < _HELM_4_SINCE[controller]


def in_doubt(
    tree: SourceTree, deliveries: Collection[Delivery], controllers: Mapping[str, str]
) -> list[ControllerName]:
    """Give the controllers that ``controllers`` does not name and whose Helm may make a difference here."""
    return [name for name in _CONTROLLERS if name not in controllers and _may_differ(tree, deliveries, name)]


def installed_with_helm_3(rendering: Rendering, doubtful: Iterable[ControllerName]) -> dict[str, str]:
    """Give the versions that the repository installs of controllers with Helm 3; of several versions the newest."""
    found: dict[str, str] = {}
    for controller in doubtful:
        versions = installed_versions(rendering, {}, controller)
        if versions and versions[-1] < _HELM_4_SINCE[controller]:
            found[controller] = ".".join(map(str, versions[-1]))
    return found


def _may_differ(tree: SourceTree, deliveries: Collection[Delivery], controller: str) -> bool:
    """Whether a controller renders a chart with a null in its values, or one whose values only Kustomize knows."""
    units = (unit for item in deliveries if item.controller == controller for unit in item.units)
    return any(
        _has_null(tree, unit) if isinstance(unit, HelmUnit) else isinstance(unit, KustomizeUnit) and unit.enable_helm
        for unit in units
    )


def _has_null(tree: SourceTree, unit: HelmUnit) -> bool:
    own = "values.yaml" if unit.path == "." else f"{unit.path}/values.yaml"
    files = [str(layer.value) for layer in unit.layers if layer.form == "file"]
    values: list[Json] = [layer.value for layer in unit.layers if layer.form == "inline"]
    for path in (own, *files, *unit.chart_values_files):
        if tree.is_file(path):
            values += [document.value for document in tree.read(path).documents]
    return any(_holds_null(value) for value in values)


def _holds_null(value: Json) -> bool:
    """Whether some key below a value is null; a document that is empty holds none."""
    if isinstance(value, Mapping):
        return any(below is None or _holds_null(below) for below in value.values())
    return isinstance(value, list) and any(_holds_null(below) for below in value)
