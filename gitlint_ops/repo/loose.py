"""Deliveries that nothing declares: overlays, charts with their values, plain manifests."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.argocd_settings import argo_settings
from gitlint_ops.repo.charts import local_dependencies
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.environments import is_container
from gitlint_ops.repo.flux_sources import KUSTOMIZE_GROUP
from gitlint_ops.repo.model import (
    NOT_APPLIED,
    Chart,
    Delivery,
    DirectoryUnit,
    HelmUnit,
    Kustomization,
    KustomizeUnit,
    Unit,
    Unrendered,
    ValueLayer,
)
from gitlint_ops.repo.plain import orphans, plain_units
from gitlint_ops.repo.references import (
    built_folders,
    closure,
    inflates,
    is_broken,
    is_template,
    lies_in_template,
    spare_bases,
    top_folders,
)
from gitlint_ops.repo.set_aside import RECORD, TO_FILL, told_by_content, told_by_path
from gitlint_ops.source import Span

_PLACES = frozenset({"app", "base", "bases", "chart", "deploy", "k8s", "kubernetes", "kustomize", "manifests"})
"""Folder names that say where manifests lie, not which application they are of."""

_SHOWN_NAMES = 5
_MAX_RELEASE = 53
"""Most characters of a release's name, as Helm's pkg/chart/v2/util/validate_name.go has it."""
_NO_LABEL = re.compile(r"[^a-z0-9]+")
_SPARE = "a base that nothing refers to, beside bases that others build on: no environment has it"


def loose_deliveries(
    context: Context, claimed: Collection[Unit], claimed_files: Collection[str]
) -> tuple[Delivery, ...]:
    """Give the deliveries, with controller ``none``, of what no delivery claims; by id.

    ``claimed`` are the units of all deliveries, ``claimed_files`` the files that these read besides. A top
    kustomization gives one; a chart one for each environment that has values files, else one with its defaults; plain
    manifests one a folder. What only looks like one (a template of an environment, a base that nothing refers to,
    manifests that a kustomization's folder holds but does not read) gives one without units, ``unrendered`` says why.
    """
    files = {*claimed_files}
    for unit in claimed:
        if isinstance(unit, KustomizeUnit):
            files |= closure(context, unit.path)
    found = [
        *_overlays(context, _claimed_folders(context, claimed)),
        *_charts(context, claimed),
        *_plain(context, files),
    ]
    return tuple(sorted(found, key=lambda delivery: delivery.id))


def _claimed_folders(context: Context, claimed: Collection[Unit]) -> set[str]:
    folders: set[str] = set()
    for unit in claimed:
        if isinstance(unit, KustomizeUnit):
            folders.update(built_folders(context, unit.path))
        folders.add(unit.path)
    return folders


def _overlays(context: Context, claimed: Collection[str]) -> Iterator[Delivery]:
    spare = spare_bases(context)
    for folder in top_folders(context):
        if folder in claimed:
            continue
        kustomization = context.kustomizations[folder]
        if is_template(context, kustomization):
            yield _overlay(context, kustomization, _template_reason(kustomization))
        elif reason := told_by_path(context.tree, kustomization.path):
            yield _overlay(context, kustomization, reason)
        else:
            yield _overlay(context, kustomization, _SPARE if folder in spare else "")


def _overlay(context: Context, kustomization: Kustomization, reason: str) -> Delivery:
    folder = kustomization.folder
    environment = "" if reason else context.environment([("path", folder)])
    namespace = kustomization.data.get("namespace")
    unit = KustomizeUnit(
        folder,
        enable_helm=inflates(context, folder),
        load_restrictor="none" if _is_unrestricted(context) else "root",
        remotes=context.remotes,
    )
    return _delivery(
        unit,
        f"kustomize:{folder}",
        _name(folder, environment),
        environment=environment,
        target_namespace=namespace if isinstance(namespace, str) else "",
        span=Span(kustomization.path, 1),
        reason=reason,
    )


def _is_unrestricted(context: Context) -> bool:
    """Whether those who build here load files above a kustomization's folder: Flux does, and Argo CD if told to."""
    return argo_settings(context).unrestricted or bool(context.index.all("Kustomization", KUSTOMIZE_GROUP))


def _template_reason(kustomization: Kustomization) -> str:
    broken = next((r.written for r in kustomization.references if is_broken(r)), "")
    detail = f": '{broken}' does not resolve where it lies" if broken else ": it holds placeholders"
    return f"a template of an environment, which nothing refers to{detail}"


def _charts(context: Context, claimed: Collection[Unit]) -> Iterator[Delivery]:
    units = [unit for unit in claimed if isinstance(unit, HelmUnit)]
    delivered = {unit.path for unit in units}
    used = {layer.value for unit in units for layer in unit.layers if layer.form == "file"}
    used |= {path for unit in units for path in unit.chart_values_files}
    parts = _parts_of_others(context)
    for chart in context.charts.values():
        if chart.type == "library":
            continue
        layers = _layers(context, chart)
        for environment, paths in layers.items():
            if not used.intersection(paths):
                yield _release(chart, environment, paths)
        # Where a folder has both, Kustomize beats Helm (Argo CD's discovery).
        elsewhere = chart.folder in delivered or chart.folder in parts or chart.folder in context.kustomizations
        if not layers and not elsewhere:
            yield _release(chart, context.environment([("path", chart.folder)]), [])


def _parts_of_others(context: Context) -> set[str]:
    """Give the charts that other charts depend on, or that kustomizations inflate: they are rendered with these."""
    parts = {t for chart in context.charts.values() for t in local_dependencies(context.tree, chart)}
    for kustomization in context.kustomizations.values():
        parts |= {r.target for r in kustomization.references if r.role == "helmCharts" and r.exists}
    return parts


def _layers(context: Context, chart: Chart) -> dict[str, list[str]]:
    """Give a chart's values files by environment; what the configuration assigns to a file's path wins."""
    layers: dict[str, list[str]] = {}
    for values in chart.values_files:
        name = context.assign(values.path, values.environment)
        layers.setdefault(name, []).append(values.path)
    return layers


def _release(chart: Chart, environment: str, paths: list[str]) -> Delivery:
    layers = tuple(ValueLayer("file", path, Span(path, 1)) for path in paths)
    template = lies_in_template(chart.folder) and "{{" in chart.folder
    return _delivery(
        HelmUnit(chart.folder, _release_name(chart.name), "default", layers),
        f"helm:{chart.folder}:{environment}" if paths else f"helm:{chart.folder}",
        _qualified(chart.name, environment),
        environment=environment,
        target_namespace="default",
        span=Span(paths[-1] if paths else posixpath.normpath(f"{chart.folder}/Chart.yaml"), 1),
        reason="a template of a chart, its path holds placeholders" if template else "",
    )


def _release_name(chart: str) -> str:
    """Give a release the name of its chart as far as Helm takes it: DNS labels of at most 53 characters."""
    return _NO_LABEL.sub("-", chart.lower())[:_MAX_RELEASE].strip("-") or "release"


_PARTS = {"": "", TO_FILL: ":templates", RECORD: ":records"}
"""What tells the parts of a folder apart, by why they are set aside."""


def _plain(context: Context, claimed_files: Collection[str]) -> Iterator[Delivery]:
    for unit, first in plain_units(context, claimed_files):
        content = told_by_content(context.tree, first)
        reason = told_by_path(context.tree, first) or content
        environment = "" if reason else context.environment([("path", unit.path if unit.path != "." else first)])
        name = _name(unit.path, environment)
        identity = f"directory:{unit.path}{_PARTS[content]}"
        yield _delivery(unit, identity, name, environment=environment, span=Span(first, 1), reason=reason)
    for folder, names in orphans(context, claimed_files).items():
        unit, span = DirectoryUnit(folder), Span(f"{folder}/{names[0]}".removeprefix("./"), 1)
        reason = _orphan_reason(names)
        paths = tuple(posixpath.normpath(f"{folder}/{name}") for name in names)
        name = _name(folder, "")
        yield _delivery(unit, f"directory:{folder}", name, environment="", span=span, reason=reason, orphans=paths)


def _orphan_reason(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN_NAMES])
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"nothing reads {shown}{more} in a kustomization's folder: checked as files only"


def _delivery(
    unit: Unit,
    identity: str,
    name: str,
    *,
    environment: str,
    span: Span,
    target_namespace: str = "",
    reason: str = "",
    orphans: tuple[str, ...] = (),
) -> Delivery:
    gap = Unrendered(identity, unit.path, reason, span, error_kind=NOT_APPLIED, orphans=orphans)
    return Delivery(
        id=identity,
        controller="none",
        kind=unit.kind,
        namespace="",
        name=name,
        units=() if reason else (unit,),
        unrendered=(gap,) if reason else (),
        environment=environment,
        target_namespace=target_namespace,
        span=span,
    )


def _name(folder: str, environment: str) -> str:
    """Name a delivery after the application and the environment or variant that its folder tells.

    ``web-prod`` of apps/web/overlays/prod, ``operator-4.12`` of nfd/operator/overlays/4.12, ``web`` of apps/web/base.
    """
    segments = [segment for segment in folder.split("/") if segment != environment]
    variant = segments.pop() if len(segments) > 1 and is_container("/".join(segments[:-1])) else ""
    while len(segments) > 1 and segments[-1].lower() in _PLACES | vocabulary.CONTAINERS:
        segments.pop()
    application = segments[-1] if segments and not is_container(segments[-1]) else ""
    return _qualified(_qualified(application, variant), environment)


def _qualified(name: str, qualifier: str) -> str:
    """Append an environment or variant to a name that does not hold it."""
    if not name or not qualifier:
        return name or qualifier
    return name if qualifier in name else f"{name}-{qualifier}"
