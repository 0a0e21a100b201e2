"""The sources of an Argo CD Application: which there are, where each leads, and what unit it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gitlint_ops.repo.argocd_helm import HelmSource, has_chart, helm_is_set, helm_unit, read_value_files
from gitlint_ops.repo.argocd_kustomize import has_kustomization, kustomize_is_set, kustomize_unit
from gitlint_ops.repo.argocd_overrides import merge_overrides
from gitlint_ops.repo.argocd_settings import Application
from gitlint_ops.repo.fetched import chart_remote
from gitlint_ops.repo.locations import (
    REFUSALS,
    Refusal,
    UnrenderableError,
    as_unrenderable,
    check_filled,
    elsewhere,
    locate,
    mapped_folder,
    needs_network,
    resolve,
    softened,
    unrendered,
)
from gitlint_ops.repo.model import DirectoryUnit, SourceRef, Unit, Unrendered
from gitlint_ops.repo.views import ShapeError, View
from gitlint_ops.source.vendor import is_fetched, remote

_TYPES = ("helm", "kustomize", "directory", "plugin")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One source: what it is, and its unit, or why there is none (a pure ``ref`` source has neither)."""

    ref: SourceRef
    unit: Unit | None = None
    unrendered: Unrendered | None = None


def source_views(spec: View) -> tuple[View, ...]:
    """Give the sources of an Application's spec: ``sourceHydrator`` wins over ``sources``, which wins over ``source``.

    Of a hydrated Application it is the dry source that people edit (Argo CD, pkg/apis/application/v1alpha1/types.go).
    """
    if spec["sourceHydrator"]:
        return (spec.at("sourceHydrator", "drySource"),)
    sources = spec["sources"].items()
    return sources or (spec["source"],)


def resolve_source(app: Application, source: View) -> Resolved:
    """Give one source's unit, or the reason why it has none; never raises for what the object says."""
    try:
        ref = _source_ref(app, source)
    except ShapeError as error:
        return Resolved(SourceRef(field_path=source.path), None, unrendered(error, _label(source), app.place))
    try:
        ref, unit = _unit(app, source, ref)
    except REFUSALS as error:
        return _refused(app, source, ref, error)
    return Resolved(ref, unit)


def _refused(app: Application, source: View, ref: SourceRef, error: Refusal) -> Resolved:
    refusal = softened(app.context, as_unrenderable(error, source.path), ref.repo_url, ref.revision)
    if refusal.missing:
        ref = replace(ref, missing=refusal.missing, missing_field=refusal.field_path)
    return Resolved(ref, None, unrendered(refusal, _label(source), app.place))


def _label(source: View) -> str:
    """Name a source in the user's words: its chart, its path or its URL, whatever shape it has."""
    data = source.value if isinstance(source.value, dict) else {}
    texts = (data.get(key) for key in ("chart", "path", "repoURL"))
    return next((text for text in texts if isinstance(text, str) and text), "source")


def _source_ref(app: Application, source: View) -> SourceRef:
    url = source["repoURL"].text()
    chart = source["chart"].text()
    revision = source["targetRevision"].text()
    location = None if chart or _is_oci(url) else locate(app.context, url, source["path"].text(), revision)
    return SourceRef(
        repo_url=url,
        path=source["path"].text(),
        chart=chart,
        revision=revision,
        kind="oci" if _is_oci(url) else "helm" if chart else "git",
        local=location is not None and not is_fetched(location.root),
        assumed_local=location is not None and location.assumed,
        field_path=source.path,
        ref=source["ref"].text(),
    )


def _is_oci(url: str) -> bool:
    return url.startswith("oci://")


def _unit(app: Application, source: View, ref: SourceRef) -> tuple[SourceRef, Unit | None]:
    if not source.mapping():
        raise UnrenderableError("invalid-object", "it has no source: spec.source is empty", source.path)
    if not ref.repo_url:
        raise UnrenderableError("invalid-object", "its source has no repoURL", (*source.path, "repoURL"))
    for key, text in (("repoURL", ref.repo_url), ("path", ref.path), ("chart", ref.chart)):
        check_filled(f"its {key}", text, (*source.path, key))
    if not ref.path and not ref.chart:
        _check_pathless(app, source, ref)
        return ref, None
    if ref.chart:
        return _chart_unit(app, source, ref)
    root = _source_root(app, source, ref)
    return replace(ref, local=not is_fetched(root)), _local_unit(app, source, ref, root)


def _source_root(app: Application, source: View, ref: SourceRef) -> str:
    """Give the folder here that is the root of a source's repository or artifact; raises where it is not here."""
    location = locate(app.context, ref.repo_url, ref.path, ref.revision)
    if location is not None:
        return location.root
    if ref.kind != "oci":
        raise elsewhere("its source", ref.repo_url, ref.revision, (*source.path, "repoURL"))
    wanted = remote("oci", ref.repo_url, version=ref.revision)
    place = app.context.tree.fetched.place(wanted)
    if place is None:
        raise needs_network(f"the OCI artifact {ref.revision or 'latest'}", wanted, (*source.path, "repoURL"))
    return place


def _check_pathless(app: Application, source: View, ref: SourceRef) -> None:
    """Accept a source that is only a ``ref``: it renders nothing. Refuse any other without a path or a chart."""
    if app.multiple and (ref.ref or ref.kind == "oci"):
        return
    message = "its source has neither path nor chart: Argo CD refuses it (write path: . for the repository's root)"
    raise UnrenderableError("invalid-object", message, (*source.path, "path"))


def _chart_unit(app: Application, source: View, ref: SourceRef) -> tuple[SourceRef, Unit]:
    if not ref.revision:
        message = f"chart '{ref.chart}' has no targetRevision: Argo CD needs a version"
        raise UnrenderableError("invalid-object", message, (*source.path, "targetRevision"))
    wanted = chart_remote(ref.repo_url, ref.chart, ref.revision)
    root = mapped_folder(app.context, ref.repo_url) or app.context.tree.fetched.place(wanted)
    if root is None:
        # A values file of this repository is judged although its chart lies elsewhere.
        read_value_files(app, HelmSource(source["helm"], "", ""))
        raise needs_network(f"chart '{ref.chart}' {ref.revision}", wanted, (*source.path, "chart"))
    below = resolve(root, root, ref.chart, (*source.path, "chart"), "chart")
    folder = below if has_chart(app.context.tree, below) else root
    return ref, helm_unit(app, HelmSource(source["helm"], folder, folder))


def _local_unit(app: Application, source: View, ref: SourceRef, root: str) -> Unit:
    field_path = (*source.path, "path")
    if ref.path.startswith("/"):
        message = f"its path '{ref.path}' is absolute: Argo CD wants it relative to the repository's root"
        raise UnrenderableError("invalid-object", message, field_path)
    folder = resolve(root, root, ref.path, field_path)
    tree = app.context.tree
    if tree.is_file(folder):
        raise UnrenderableError("missing-file", f"its path '{ref.path}' is a file, not a folder", field_path, folder)
    if not tree.is_folder(folder):
        raise UnrenderableError("missing-file", f"its path '{ref.path}' does not exist", field_path, folder)
    merged, overlays = merge_overrides(app, source, folder)
    place = replace(app.place, overlays=(*app.place.overlays, *overlays))
    variables = {
        **app.variables,
        "ARGOCD_APP_REVISION": ref.revision or "HEAD",
        "ARGOCD_APP_SOURCE_REPO_URL": ref.repo_url,
        "ARGOCD_APP_SOURCE_PATH": ref.path,
        "ARGOCD_APP_SOURCE_TARGET_REVISION": ref.revision,
    }
    return typed_unit(replace(app, place=place, variables=variables), merged, folder, root)


def typed_unit(app: Application, source: View, folder: str, root: str) -> Unit:
    """Give the unit of a local source: by its explicit type, else by its folder's files; raises one of REFUSALS."""
    kind = _explicit_type(source) or _discovered_type(app, folder)
    if kind == "helm":
        if not has_chart(app.context.tree, folder):
            raise _lacks(source, folder, "Chart.yaml")
        return helm_unit(app, HelmSource(source["helm"], folder, root))
    if kind == "kustomize":
        if not has_kustomization(app.context.tree, folder):
            raise _lacks(source, folder, "kustomization.yaml")
        return kustomize_unit(app, source["kustomize"], folder)
    if kind == "plugin":
        name = source.at("plugin", "name").text() or "found by its sidecar"
        reason = f"config management plugin '{name}' runs inside Argo CD's repo server only"
        raise UnrenderableError("needs-plugin", reason, (*source.path, "plugin"))
    directory = source["directory"]
    return DirectoryUnit(folder, directory["recurse"].flag(), directory["include"].text(), directory["exclude"].text())


def _lacks(source: View, folder: str, name: str) -> UnrenderableError:
    missing = name if folder == "." else f"{folder}/{name}"
    return UnrenderableError("missing-file", f"its path '{folder}' has no {name}", (*source.path, "path"), missing)


def _explicit_type(source: View) -> str:
    """Give the type that a source's block names, after Argo CD's normalisation dropped the empty ones."""
    present = [kind for kind in _TYPES if source[kind] and _is_set(kind, source[kind])]
    if len(present) > 1:
        message = f"its source has {' and '.join(present)} at once: Argo CD allows one type"
        raise UnrenderableError("invalid-object", message, (*source.path, present[-1]))
    return present[0] if present else ""


def _is_set(kind: str, block: View) -> bool:
    if kind == "helm":
        return helm_is_set(block)
    if kind == "kustomize":
        return kustomize_is_set(block)
    if kind == "directory":
        return any(bool(view.value) for _, view in block.entries())
    return True


def _discovered_type(app: Application, folder: str) -> str:
    """Kustomize beats Helm where a folder has both (util/app/discovery: the last file in byte order wins)."""
    if has_kustomization(app.context.tree, folder) and app.settings.kustomize_enabled:
        return "kustomize"
    if has_chart(app.context.tree, folder) and app.settings.helm_enabled:
        return "helm"
    return "directory"
