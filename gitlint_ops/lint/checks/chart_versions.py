"""The check of chart versions: ranges, and versions left out, take whatever was released last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.revision_words import is_unresolved, is_version_range
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.charts import dependencies
from gitlint_ops.repo.model import Chart, Delivery, HelmUnit, Kustomization, SourceRef
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_NEWEST = "so the newest release that fits is deployed without a change in Git; name one version, such as 1.2.3"
_FLUX_GROUP = "source.toolkit.fluxcd.io"


def mutable_chart_version(context: CheckContext) -> Iterator[Violation]:
    """Report charts without one exact version: of Applications, of Flux, of Kustomize, of other charts."""
    for delivery in context.deliveries:
        if delivery.kind == "Application":
            for source in delivery.sources:
                yield from _of_source(context, delivery, source)
        elif delivery.kind == "HelmRelease":
            yield from _of_release(context, delivery)
    yield from _of_flux_charts(context)
    for kustomization in context.graph.kustomizations.values():
        yield from _of_kustomization(context, kustomization)
    for chart in context.graph.charts.values():
        yield from _of_dependencies(context, chart)


def _moves(context: CheckContext, chart: str, version: str) -> str:
    """Say what is wrong with a chart's version, '' where it is exact, allowed, or not known yet."""
    options = context.options
    allowed = any(fnmatchcase(chart, glob) for glob in options["allow_charts"]) or any(
        fnmatchcase(version, glob) for glob in options["allow_versions"]
    )
    if allowed or is_unresolved(version) or is_unresolved(chart) or not is_version_range(version):
        return ""
    return f"version '{version}' of chart {chart} is a range, {_NEWEST}" if version else _unset(chart)


def _unset(chart: str) -> str:
    return f"no version is set for chart {chart}, {_NEWEST}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _of_source(context: CheckContext, delivery: Delivery, source: SourceRef) -> Iterator[Violation]:
    # Argo CD refuses a chart without a version: invalid-application says so.
    is_chart = source.chart and source.kind != "oci" and source.revision
    message = _moves(context, source.chart, source.revision) if is_chart else ""
    if message:
        yield at_field(context, delivery, (*source.field_path, "targetRevision"), Violation(message))


def _of_release(context: CheckContext, delivery: Delivery) -> Iterator[Violation]:
    """Judge ``spec.chart``; charts of Git repositories and buckets have the version that lies there."""
    chart = mapping(delivery.object, "spec", "chart", "spec")
    if mapping(chart, "sourceRef").get("kind") == "HelmRepository":
        message = _moves(context, _text(chart.get("chart")), _text(chart.get("version")))
        path: FieldPath = ("spec", "chart", "spec")
        has_version = chart.get("version") is not None
        if message:
            field = (*path, "version") if has_version else path
            yield at_field(context, delivery, field, Violation(message, on_key=not has_version))


def _of_flux_charts(context: CheckContext) -> Iterator[Violation]:
    for item in context.of_kinds(("HelmChart",), (_FLUX_GROUP,)):
        spec = mapping(item.data, "spec")
        if mapping(spec, "sourceRef").get("kind") == "HelmRepository":
            message = _moves(context, _text(spec.get("chart")), _text(spec.get("version")))
            path: FieldPath = ("spec", "version") if "version" in spec else ("spec", "chart")
            if message:
                yield Violation(message, object=item, field_path=path)


def _of_kustomization(context: CheckContext, kustomization: Kustomization) -> Iterator[Violation]:
    charts = kustomization.data.get("helmCharts")
    for at, chart in enumerate(charts if isinstance(charts, list) else ()):
        # Without a repository the chart lies in the folder of charts, at the version that it has there.
        if isinstance(chart, Mapping) and chart.get("repo"):
            message = _moves(context, _text(chart.get("name")), _text(chart.get("version")))
            field = "version" if chart.get("version") else "name"
            if message:
                span, exact = context.tree.nearest(kustomization.path, 0, ("helmCharts", at, field))
                deliveries = deliveries_of_folder(context, kustomization.folder)
                yield Violation(message, span=span, exact=exact, deliveries=deliveries)


def _of_dependencies(context: CheckContext, chart: Chart) -> Iterator[Violation]:
    """Judge the dependencies that ``helm dependency build`` would fetch; a lock or a copy in charts/ settles it."""
    prefix = "" if chart.folder == "." else f"{chart.folder}/"
    if any(context.tree.is_file(f"{prefix}{name}") for name in ("Chart.lock", "requirements.lock")):
        return
    path = f"{prefix}Chart.yaml" if isinstance(chart.data.get("dependencies"), list) else f"{prefix}requirements.yaml"
    for at, item in enumerate(dependencies(context.tree, chart.folder, chart.data)):
        name, version = _text(item.get("name")), _text(item.get("version"))
        remote = "://" in _text(item.get("repository")) and not _text(item.get("repository")).startswith("file://")
        missing = any(entry.startswith(f"{name} {version}".strip()) for entry in chart.missing_dependencies)
        message = _moves(context, name, version) if remote and missing else ""
        if message:
            field = "version" if version else "name"
            span, exact = context.tree.nearest(path, 0, ("dependencies", at, field))
            lock = f"{message}, or commit the Chart.lock that helm dependency update writes"
            violation = Violation(lock, span=span, exact=exact)
            yield replace(violation, deliveries=deliveries_of_chart(context, chart.folder))


def deliveries_of_chart(context: CheckContext, folder: str) -> tuple[Delivery, ...]:
    """Give the deliveries that take a chart of this repository, rendered or not, in id order."""
    return tuple(context.once("deliveries-by-chart", lambda: _by_chart(context)).get(folder, {}).values())


def _by_chart(context: CheckContext) -> Mapping[str, Mapping[str, Delivery]]:
    found: dict[str, dict[str, Delivery]] = {}
    for delivery in context.deliveries:
        rendered = [unit.path for unit in delivery.units if isinstance(unit, HelmUnit)]
        for folder in (*rendered, *(unit.path for unit in delivery.unrendered if unit.unit == "helm")):
            found.setdefault(folder, {})[delivery.id] = delivery
    return found
