"""Units that the installed controller renders otherwise than this run, as its Helm or Kustomize is older."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitlint_ops.lint.model import Skipped
from gitlint_ops.render.controllers import ControllerName, Version, installed_versions
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import HelmUnit, Kustomization, KustomizeUnit, Unit
from gitlint_ops.source import Json, SourceTree

_TITLES: Mapping[ControllerName, str] = {"argocd": "Argo CD", "flux": "Flux"}
_HELM_4: Mapping[ControllerName, Version] = {"argocd": (3, 5), "flux": (2, 8)}
"""The first releases with Helm 4 (argo-cd, docs/operator-manual/upgrading/3.4-3.5.md; flux2, release 2.8.0)."""
_CHART_NAMESPACES: Mapping[ControllerName, Version] = {"argocd": (3, 3)}
"""The first releases whose Kustomize gives inflated charts its namespace: 5.8 (upgrading/3.2-3.3.md)."""
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class _Installed:
    """A controller that runs in an older version, and what the repository's files say."""

    name: ControllerName
    version: Version
    tree: SourceTree
    kustomizations: Mapping[str, Kustomization]

    @property
    def title(self) -> str:
        """The controller as people name it: ``Argo CD 2.13``."""
        return f"{_TITLES[self.name]} {self.version[0]}.{self.version[1]}"

    def differs(self, unit: Unit) -> str:
        """Say why the controller may render a unit otherwise; '' where nothing tells so."""
        if isinstance(unit, HelmUnit) and self.version < _HELM_4[self.name] and self._has_null(unit):
            return (
                f"{self.title} renders it with Helm 3, this run with Helm 4: they treat the null in its values "
                "differently, in the chart's own values and for subcharts"
            )
        is_older = self.version < _CHART_NAMESPACES.get(self.name, (0, 0))
        if isinstance(unit, KustomizeUnit) and unit.enable_helm and is_older and self._gives_namespace(unit.path):
            return (
                f"{self.title} has a Kustomize before 5.8, which inflates its charts in the namespace default where "
                "helmCharts names none; this run gives them the kustomization's namespace"
            )
        return ""

    def _has_null(self, unit: HelmUnit) -> bool:
        own = "values.yaml" if unit.path == "." else f"{unit.path}/values.yaml"
        files = [str(layer.value) for layer in unit.layers if layer.form == "file"]
        values: list[Json] = [layer.value for layer in unit.layers if layer.form == "inline"]
        for path in (own, *files, *unit.chart_values_files):
            if self.tree.is_file(path):
                values += [document.value for document in self.tree.read(path).documents]
        return any(_holds_null(value) for value in values)

    def _gives_namespace(self, folder: str, depth: int = 0, *, inherited: bool = False) -> bool:
        """Whether a kustomization, or one above it, has a namespace for a chart that names none."""
        kustomization = self.kustomizations.get(folder)
        if kustomization is None or depth > _MAX_DEPTH:
            return False
        has_namespace = inherited or bool(kustomization.data.get("namespace"))
        charts = kustomization.data.get("helmCharts")
        for chart in charts if isinstance(charts, list) and has_namespace else ():
            if isinstance(chart, dict) and not chart.get("namespace"):
                return True
        return any(
            self._gives_namespace(below, depth + 1, inherited=has_namespace) for below in kustomization.folders()
        )


def older_controllers(tree: SourceTree, rendering: Rendering, configured: Mapping[str, str]) -> Iterator[Skipped]:
    """Give the units whose rendering the installed controller may not agree with, each once.

    ``configured`` is the configuration's ``controllers``. Nothing is given where no version is known; of several that
    the repository installs, the oldest counts.
    """
    oldest = {name: versions[0] for name in _TITLES if (versions := installed_versions(rendering, configured, name))}
    told: set[Skipped] = set()
    for _, delivery in sorted(rendering.graph.deliveries.items()):
        if delivery.controller == "none" or delivery.controller not in oldest:
            continue
        name = delivery.controller
        installed = _Installed(name, oldest[name], tree, rendering.graph.kustomizations)
        for unit in delivery.units:
            entry = Skipped(unit.kind, unit.path, installed.differs(unit))
            if entry.reason and entry not in told:
                told.add(entry)
                yield entry


def _holds_null(value: Json) -> bool:
    """Whether some key below a value is null; a document that is empty holds none."""
    if isinstance(value, Mapping):
        return any(below is None or _holds_null(below) for below in value.values())
    return isinstance(value, list) and any(_holds_null(below) for below in value)
