"""Units that the installed Argo CD renders otherwise than this run, as its Kustomize is older."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitlint_ops.lint.model import Skipped
from gitlint_ops.render.controllers import Version, installed_versions
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import Kustomization, KustomizeUnit

_CHART_NAMESPACES: Version = (3, 3)
"""The first Argo CD whose Kustomize gives inflated charts its namespace: 5.8 (upgrading/3.2-3.3.md)."""
_MAX_DEPTH = 64


def older_controllers(rendering: Rendering, configured: Mapping[str, str]) -> Iterator[Skipped]:
    """Give the units whose rendering the installed controller may not agree with, each once.

    ``configured`` is the configuration's ``controllers``. Nothing is given where no version is known; of several that
    the repository installs, the oldest counts.
    """
    versions = installed_versions(rendering, configured, "argocd")
    if not versions or versions[0] >= _CHART_NAMESPACES:
        return
    reason = (
        f"Argo CD {versions[0][0]}.{versions[0][1]} has a Kustomize before 5.8, which inflates its charts in the "
        "namespace default where helmCharts names none; this run gives them the kustomization's namespace"
    )
    deliveries = (item for _, item in sorted(rendering.graph.deliveries.items()) if item.controller == "argocd")
    units = (unit for item in deliveries for unit in item.units)
    inflating = (unit.path for unit in units if isinstance(unit, KustomizeUnit) and unit.enable_helm)
    for folder in dict.fromkeys(inflating):
        if _gives_namespace(rendering.graph.kustomizations, folder):
            yield Skipped("kustomize", folder, reason)


def _gives_namespace(
    kustomizations: Mapping[str, Kustomization], folder: str, depth: int = 0, *, inherited: bool = False
) -> bool:
    """Whether a kustomization, or one above it, has a namespace for a chart that names none."""
    kustomization = kustomizations.get(folder)
    if kustomization is None or depth > _MAX_DEPTH:
        return False
    has_namespace = inherited or bool(kustomization.data.get("namespace"))
    charts = kustomization.data.get("helmCharts")
    for chart in charts if isinstance(charts, list) and has_namespace else ():
        if isinstance(chart, dict) and not chart.get("namespace"):
            return True
    return any(
        _gives_namespace(kustomizations, below, depth + 1, inherited=has_namespace) for below in kustomization.folders()
    )
