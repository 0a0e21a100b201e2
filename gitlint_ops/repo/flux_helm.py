"""Flux HelmReleases: the chart, its values and what helm-controller does to its output (helm-controller/api/v2)."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.repo.argocd_helm import has_chart
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.fetched import chart_remote
from gitlint_ops.repo.flux import base_delivery
from gitlint_ops.repo.flux_sources import Asker, FluxSource, find_source, source_folder
from gitlint_ops.repo.flux_targets import OwnValues, target_layer
from gitlint_ops.repo.flux_values import find_holder, holder_label, object_namespace
from gitlint_ops.repo.locations import (
    REFUSALS,
    UnrenderableError,
    as_unrenderable,
    mapped_folder,
    needs_network,
    resolve,
    softened,
    unrendered,
)
from gitlint_ops.repo.model import Declared, Delivery, HelmUnit, SourceRef, SyncPolicy, Unrendered, ValueLayer
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.templating import TemplateError, parse_yaml
from gitlint_ops.repo.views import ShapeError, View
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.vendor import Remote, is_fetched

HELM_GROUP = "helm.toolkit.fluxcd.io"
_MAX_RELEASE = 53
"""Helm's limit for a release name."""


@dataclass(frozen=True, slots=True)
class _ChartWanted:
    """The chart that a HelmRelease names: its name or path, version, source, and the field that names it."""

    chart: str
    version: str
    source: FluxSource
    field_path: FieldPath
    value_files: View
    ignore_missing: bool = False

    @property
    def label(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"chart '{self.chart}'{version}"

    @property
    def remote(self) -> Remote:
        """What is fetched for it: the chart of a HelmRepository, or the artifact of an OCIRepository."""
        if self.source.kind == "HelmRepository":
            return chart_remote(self.source.url, self.chart, self.version)
        return self.source.artifact


def release_delivery(declared: Declared, context: Context) -> Delivery:
    """Give the delivery that a HelmRelease declares; a chart that is not in this repository is named with its source.

    What has a wrong type says so in the delivery.
    """
    place = Place(context.tree, declared)
    namespace = object_namespace(declared)
    base = base_delivery(declared, context, place, namespace or "default")
    spec = View(declared.data)["spec"]
    asker = Asker(declared, namespace)
    try:
        base = replace(base, sync=_sync(spec), target_namespace=spec["targetNamespace"].text() or base.namespace)
        wanted = _chart_wanted(context, asker, spec)
    except (ShapeError, UnrenderableError) as error:
        return replace(base, unrendered=(unrendered(error, base.name or "HelmRelease", place),))
    return _with_unit(base, context, asker, place, wanted)


def _sync(spec: View) -> SyncPolicy:
    """Helm removes what a chart no longer has; drift is corrected only where ``driftDetection`` is on."""
    suspended = spec["suspend"].flag()
    corrects = spec.at("driftDetection", "mode").text() == "enabled"
    return SyncPolicy(automated=not suspended, prune=True, self_heal=corrects and not suspended, suspended=suspended)


def _chart_wanted(context: Context, asker: Asker, spec: View) -> _ChartWanted:
    reference = spec["chartRef"]
    if reference:
        return _referred_chart(context, asker, reference)
    chart = spec.at("chart", "spec")
    if not chart:
        raise UnrenderableError("invalid-object", "it has neither chart.spec nor chartRef", (*spec.path, "chart"))
    return _templated_chart(context, asker, chart)


def _templated_chart(context: Context, asker: Asker, chart: View) -> _ChartWanted:
    source = find_source(context, asker, chart["sourceRef"])
    ignore = chart["ignoreMissingValuesFiles"].flag()
    name, version = chart["chart"].text(), chart["version"].text()
    if not name:
        raise UnrenderableError("invalid-object", "its chart has no name: chart.spec.chart is empty", chart.path)
    return _ChartWanted(name, version, source, chart["chart"].path, chart["valuesFiles"], ignore)


def _referred_chart(context: Context, asker: Asker, reference: View) -> _ChartWanted:
    source = find_source(context, asker, reference)
    if source.kind == "HelmChart" and source.declared is not None:
        owner = Asker(source.declared, asker.namespace)
        wanted = _templated_chart(context, owner, View(source.declared.data)["spec"])
        # The chart's files are named in another object: what is wrong there is shown at the reference.
        return replace(wanted, field_path=reference.path)
    name = posixpath.basename(source.url.rstrip("/")) or source.name
    if source.kind == "ExternalArtifact":
        name = "."
    return _ChartWanted(name, source.revision, source, reference.path, View(None))


def _with_unit(base: Delivery, context: Context, asker: Asker, place: Place, wanted: _ChartWanted) -> Delivery:
    source = wanted.source
    ref = SourceRef(
        repo_url=source.url,
        chart=wanted.chart,
        revision=wanted.version,
        kind=source.transport,
        field_path=wanted.field_path,
    )
    notes: list[Unrendered] = []
    try:
        folder, root = _chart_folder(context, asker, wanted)
        ref = replace(ref, local=not is_fetched(folder), path=folder)
        _require_chart(context, folder, wanted)
        unit = _unit(base, context, asker, place, notes, _Chart(folder, root, wanted))
    except REFUSALS as error:
        refusal = softened(context, as_unrenderable(error, wanted.field_path), source.url, source.revision)
        ref = replace(ref, missing=refusal.missing, missing_field=refusal.field_path if refusal.missing else ())
        return replace(base, sources=(ref,), unrendered=(unrendered(refusal, wanted.chart, place),))
    return replace(base, units=(unit,), sources=(ref,), unrendered=tuple(notes))


def _require_chart(context: Context, folder: str, wanted: _ChartWanted) -> None:
    if not has_chart(context.tree, folder):
        message = f"its chart '{wanted.chart}' does not exist: {folder} has no Chart.yaml"
        raise UnrenderableError("missing-file", message, wanted.field_path, f"{folder}/Chart.yaml")


def _chart_folder(context: Context, asker: Asker, wanted: _ChartWanted) -> tuple[str, str]:
    """Give the chart's folder here and the root of its source; raises UnrenderableError where it is not here."""
    source = wanted.source
    if source.kind in {"GitRepository", "Bucket", "ExternalArtifact"}:
        folder, _ = source_folder(context, asker, source, wanted.chart, wanted.field_path)
        root, _ = source_folder(context, asker, source, ".", wanted.field_path) if source.declared else (".", False)
        return folder, root
    root_here = mapped_folder(context, source.url) if source.url else None
    if root_here is not None:
        below = resolve(root_here, root_here, wanted.chart, wanted.field_path, "chart")
        folder = below if has_chart(context.tree, below) else root_here
        return folder, folder
    if not source.url:
        reason = f"{wanted.label} is of {source.label}, which is not in Git: add that object, which tells where it is"
        raise UnrenderableError("needs-network", reason, wanted.field_path)
    place = context.tree.fetched.place(wanted.remote)
    if place is None:
        raise needs_network(wanted.label, wanted.remote, wanted.field_path)
    folder = place if has_chart(context.tree, place) else f"{place}/{wanted.chart}"
    return folder, folder


@dataclass(frozen=True, slots=True)
class _Chart:
    folder: str
    root: str
    wanted: _ChartWanted


def _unit(
    base: Delivery, context: Context, asker: Asker, place: Place, notes: list[Unrendered], chart: _Chart
) -> HelmUnit:
    spec = View(asker.declared.data)["spec"]
    values = _Values(context, asker, place, notes, base.name)
    return HelmUnit(
        path=chart.folder,
        release=release_name(spec["releaseName"].text(), spec["targetNamespace"].text(), base.name),
        namespace=base.target_namespace,
        layers=tuple(values.layers(spec)),
        include_crds=spec.at("install", "crds").text() != "Skip",
        skip_schema_validation=spec.at("install", "disableSchemaValidation").flag(),
        chart_values_files=tuple(_chart_values_files(context, chart)),
        post_renderers=tuple(_post_renderers(spec)),
        common_metadata=spec["commonMetadata"].mapping(),
    )


def release_name(own: str, target_namespace: str, name: str) -> str:
    """Give the release's name as helm-controller does: over 53 characters it is cut and ends with a hash."""
    text = own or (f"{target_namespace}-{name}" if target_namespace else name)
    if len(text) <= _MAX_RELEASE:
        return text
    return f"{text[:40]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _chart_values_files(context: Context, chart: _Chart) -> Iterator[str]:
    """``valuesFiles`` replace the chart's values.yaml; for Git they are relative to the source's root."""
    from_git = chart.wanted.source.kind in {"GitRepository", "Bucket"}
    for view in chart.wanted.value_files.items():
        base = chart.root if from_git else chart.folder
        path = resolve(base, base, view.text(), view.path, "values file")
        if context.tree.is_file(path):
            yield path
        elif not chart.wanted.ignore_missing:
            raise UnrenderableError("missing-file", f"its values file '{view.text()}' does not exist", view.path, path)


def _post_renderers(spec: View) -> Iterator[Mapping[str, Any]]:
    for renderer in spec["postRenderers"].items():
        if renderer["kustomize"]:
            yield renderer["kustomize"].mapping()


@dataclass(frozen=True, slots=True)
class _Values:
    """Reads a release's values: ``valuesFrom`` in order, then ``values``."""

    context: Context
    asker: Asker
    place: Place
    notes: list[Unrendered]
    name: str

    def layers(self, spec: View) -> Iterator[ValueLayer]:
        """Give the layers, later ones win: a ``targetPath`` that prevails over ``values`` comes after them."""
        late: list[ValueLayer] = []
        own = OwnValues(spec["values"].mapping())
        for reference in spec["valuesFrom"].items():
            layer, target = self._referred(reference), reference["targetPath"].text()
            if layer is not None and own.yields_to(target):
                late.append(layer)
            elif layer is not None:
                yield layer
            if target and not (layer is None and reference["optional"].flag()):
                own.add_target()
            elif layer is not None:
                own.add(layer.value)
        if own.values:
            document, field_path, span = self.place.locate(spec["values"].path)
            yield ValueLayer("inline", own.values, span, document, field_path)
        yield from late

    def _referred(self, reference: View) -> ValueLayer | None:
        holder = find_holder(self.context, self.asker, reference)
        key, optional = reference["valuesKey"].text("values.yaml"), reference["optional"].flag()
        label = holder_label(self.asker, reference)
        if holder is None or key not in holder.entries:
            encrypted = holder is not None and key in holder.encrypted
            lack = "is not in Git" if holder is None else "is encrypted" if encrypted else "it does not have"
            self._note_absent(f"key '{key}' of {label}, which {lack}", reference, optional=optional and not encrypted)
            return None
        document, field_path, span = holder.place(self.context, key)
        form, value = self._form(reference, holder.entries[key], f"key '{key}' of {label}")
        named = (reference["kind"].text(), self.asker.namespace, reference["name"].text())
        return ValueLayer(form, value, span, document, field_path, named)

    def _note_absent(self, what: str, reference: View, *, optional: bool) -> None:
        if not optional:
            error = UnrenderableError("needs-cluster", f"it is rendered without the values in {what}", reference.path)
            self.notes.append(unrendered(error, self.name, self.place))

    def _form(self, reference: View, text: str, what: str) -> tuple[Any, Any]:
        target = reference["targetPath"].text()
        if not target:
            try:
                return "inline", parse_yaml(self.context.engine, text)
            except TemplateError as error:
                reason = f"{what} is not readable: {error.message}"
                raise UnrenderableError(error.kind, reason, reference.path) from error
        return target_layer(target, text, literal=reference["literal"].flag())
