"""The charts and foreign Git revisions that deliveries take, each with the line that sets its version."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gitlint_ops.lint.checks.chart_versions import deliveries_of_chart
from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.revision_words import follows_branch, is_unresolved, without_user
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.versions.images import in_file
from gitlint_ops.lint.versions.model import Running
from gitlint_ops.repo.charts import dependencies
from gitlint_ops.repo.model import Chart, Delivery, Kustomization, SourceRef
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_SOURCE_REVISIONS = (("spec", "ref", "tag"), ("spec", "ref", "semver"), ("spec", "ref", "digest"), ("spec", "version"))


def charts_of(context: CheckContext) -> Iterator[Running]:
    """Give the chart versions of Applications, HelmReleases, kustomizations and local charts, and foreign revisions."""
    for delivery in context.deliveries:
        for source in delivery.sources:
            if delivery.kind == "HelmRelease":
                yield from _of_release(context, delivery, source)
            elif delivery.kind == "Application":
                yield from _of_application(context, delivery, source)
    for kustomization in context.graph.kustomizations.values():
        yield from _of_kustomization(context, kustomization)
    for chart in context.graph.charts.values():
        yield from _of_local(context, chart)


def _of_application(context: CheckContext, delivery: Delivery, source: SourceRef) -> Iterator[Running]:
    field = (*source.field_path, "targetRevision")
    is_chart = bool(source.chart) or source.kind == "oci"
    foreign = not (source.local or source.assumed_local or follows_branch(source.revision))
    name = source.chart or posixpath.basename(without_user(source.repo_url).rstrip("/")).removesuffix(".git")
    if (is_chart or foreign) and not is_unresolved(f"{name} {source.revision}"):
        at = partial(at_field, context, delivery, field if source.revision else source.field_path, Violation(""))
        yield Running("chart" if is_chart else "git", name, source.revision, delivery, at)


def _of_release(context: CheckContext, delivery: Delivery, source: SourceRef) -> Iterator[Running]:
    if source.local and source.kind in {"git", "bucket"}:
        return  # Its version stands in the chart's own Chart.yaml.
    name = posixpath.basename(source.chart.rstrip("/"))
    if name and not is_unresolved(f"{name} {source.revision}"):
        yield Running("chart", name, source.revision, delivery, partial(_release_place, context, delivery))


def _release_place(context: CheckContext, delivery: Delivery) -> Violation:
    spec = mapping(delivery.object, "spec")
    reference = mapping(spec, "chartRef")
    named = _referred(context, delivery, reference) if reference else None
    if named is not None:
        return named
    inner: FieldPath = ("chartRef",) if reference else ("chart", "spec")
    has_version = not reference and "version" in mapping(spec, "chart", "spec")
    return at_field(context, delivery, ("spec", *inner, *(("version",) if has_version else ())), Violation(""))


def _referred(context: CheckContext, delivery: Delivery, reference: Mapping[str, Any]) -> Violation | None:
    """Find the OCIRepository or HelmChart that a release names, as its environment has it."""
    namespace = str(reference.get("namespace") or delivery.namespace)
    wanted = (str(reference.get("kind") or ""), namespace, str(reference.get("name") or ""))
    sources = context.once("chart-sources", lambda: list(context.of_kinds(("OCIRepository", "HelmChart"))))
    found = [item for item in sources if (item.kind, item.namespace, item.name) == wanted]
    same = [item for item in found if item.delivery.environment == delivery.environment]
    for item in (same or found)[:1]:
        for path in _SOURCE_REVISIONS:
            if path[-1] in mapping(item.data, *path[:-1]):
                return Violation("", object=item, field_path=path, deliveries=(delivery,))
    return None


def _of_kustomization(context: CheckContext, kustomization: Kustomization) -> Iterator[Running]:
    charts = kustomization.data.get("helmCharts")
    for at, chart in enumerate(charts if isinstance(charts, list) else ()):
        if isinstance(chart, Mapping) and chart.get("name"):
            version = str(chart.get("version") or "")
            field = ("helmCharts", at, "version" if version else "name")
            for delivery in deliveries_of_folder(context, kustomization.folder):
                place = partial(in_file, context, kustomization.path, 0, field, delivery)
                yield Running("chart", str(chart["name"]), version, delivery, place)


def _of_local(context: CheckContext, chart: Chart) -> Iterator[Running]:
    """Give a chart of this repository and what it depends on elsewhere, for each delivery that takes it as its own."""
    for delivery in deliveries_of_chart(context, chart.folder):
        if not any(source.chart for source in delivery.sources if delivery.kind != "HelmRelease" or not source.local):
            for name, version, path, field in _versions_in(context, chart):
                yield Running("chart", name, version, delivery, partial(in_file, context, path, 0, field, delivery))


def _versions_in(context: CheckContext, chart: Chart) -> Iterator[tuple[str, str, str, FieldPath]]:
    """Give name, version, file and field of a chart and of its dependencies that come from elsewhere.

    The version of a chart that only wraps others tells nothing: nobody raises it.
    """
    prefix = "" if chart.folder == "." else f"{chart.folder}/"
    has_list = isinstance(chart.data.get("dependencies"), list)
    path = f"{prefix}{'Chart.yaml' if has_list else 'requirements.yaml'}"
    remote = [
        (at, item)
        for at, item in enumerate(dependencies(context.tree, chart.folder, chart.data))
        if item.get("name") and "://" in str(item.get("repository")).removeprefix("file://")
    ]
    if not remote or context.tree.is_folder(f"{prefix}templates"):
        yield chart.name, chart.version, f"{prefix}Chart.yaml", ("version",)
    for at, item in remote:
        version = str(item.get("version") or "")
        yield str(item["name"]), version, path, ("dependencies", at, "version" if version else "name")
