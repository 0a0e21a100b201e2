"""Flux Kustomizations (and FluxInstances, whose sync is one): what kustomize-controller is told to build and apply."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.flux_instance import Synced, synced
from gitlint_ops.repo.flux_sources import BOOTSTRAP_NAME, Asker, FluxSource, find_source, source_folder
from gitlint_ops.repo.flux_values import find_holder, holder_label, object_namespace
from gitlint_ops.repo.hints import environment_labels, present_part
from gitlint_ops.repo.identity import delivery_id
from gitlint_ops.repo.locations import (
    REFUSALS,
    Refusal,
    UnrenderableError,
    as_unrenderable,
    check_filled,
    softened,
    unrendered,
)
from gitlint_ops.repo.model import Declared, Delivery, FluxBuild, KustomizeUnit, SourceRef, SyncPolicy, Unrendered
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.views import ShapeError, View, metadata_text
from gitlint_ops.source.model import FieldPath, Span
from gitlint_ops.source.vendor import is_fetched

OPERATOR_GROUP = "fluxcd.controlplane.io"
_PATH = ("spec", "path")


@dataclass(slots=True)
class Variables:
    """The substitution variables of a Kustomization as Git and the configuration give them."""

    values: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    """Variables that are defined, but whose value is encrypted."""
    absent: list[UnrenderableError] = field(default_factory=list)
    """ConfigMaps and Secrets that Git does not hold."""

    def set(self, name: str, value: str, span: Span | None) -> None:
        """Define a variable; newlines go, as in kustomize-controller, and an earlier definition is replaced."""
        self.values[name] = value.replace("\n", "")
        self.unknown = [other for other in self.unknown if other != name]
        self.spans.pop(name, None)
        if span is not None:
            self.spans[name] = span


def kustomization_delivery(declared: Declared, context: Context) -> Delivery:
    """Give the delivery that a Kustomization declares; what cannot be rendered, or has a wrong type, says so in it."""
    place = Place(context.tree, declared)
    namespace = object_namespace(declared)
    spec = View(declared.data)["spec"]
    base = _with_settings(base_delivery(declared, context, place, namespace or BOOTSTRAP_NAME), spec, place)
    try:
        source = find_source(context, Asker(declared, namespace), spec["sourceRef"])
    except ShapeError as error:
        named = SourceRef(path=_written_path(spec), field_path=("spec", "sourceRef"))
        return replace(base, sources=(named,), unrendered=(_wrong(error, base, place),))
    found = _with_unit(base, declared, context, place, namespace, source)
    return replace(found, unrendered=(*base.unrendered, *found.unrendered))


def _with_settings(base: Delivery, spec: View, place: Place) -> Delivery:
    """Add how and where it is applied. A wrong type there is reported, and hides nothing of what would be applied."""
    try:
        return replace(
            base,
            sync=_sync(spec),
            target_namespace=spec["targetNamespace"].text(),
            cluster=spec.at("kubeConfig", "secretRef", "name").text() or base.cluster,
        )
    except ShapeError as error:
        return replace(base, unrendered=(_wrong(error, base, place),))


def _wrong(error: ShapeError, base: Delivery, place: Place) -> Unrendered:
    return unrendered(error, base.name or "Kustomization", place)


def _written_path(spec: View) -> str:
    path = spec.value.get("path") if isinstance(spec.value, dict) else None
    return path if isinstance(path, str) else ""


def _with_unit(
    base: Delivery, declared: Declared, context: Context, place: Place, namespace: str, source: FluxSource
) -> Delivery:
    spec = View(declared.data)["spec"]
    asker = Asker(declared, namespace)
    written = _written_path(spec)
    ref = SourceRef(source.url, written, "", source.revision, source.transport, field_path=("spec", "sourceRef"))
    try:
        check_filled("its path", spec["path"].text(), _PATH)
        folder, assumed = source_folder(context, asker, source, spec["path"].text(), _PATH)
        ref = replace(ref, local=not is_fetched(folder), assumed_local=assumed)
        _require_folder(context, folder, written, _PATH)
        _require_components(context, folder, spec)
        variables = read_variables(context, asker, place)
    except REFUSALS as error:
        return _refused(base, place, context, ref, error)
    build = replace(_build(base, spec, variables), ignore=source.ignore if _is_at_root(folder, written) else "")
    unit = KustomizeUnit(folder, flux=build, load_restrictor="none", remotes=context.remotes)
    return replace(base, units=(unit,), sources=(ref,), unrendered=tuple(_notes(variables, place, folder)))


def _is_at_root(folder: str, written: str) -> bool:
    """Whether the source's root is the repository's, so that the patterns of its ``spec.ignore`` hold here."""
    return posixpath.normpath(f"./{written.lstrip('/')}") == folder


def _require_folder(context: Context, folder: str, written: str, field_path: FieldPath) -> None:
    if not context.tree.is_folder(folder):
        what = "is a file, not a folder" if context.tree.is_file(folder) else "does not exist"
        raise UnrenderableError("missing-file", f"its path '{written or '.'}' {what}", field_path, folder)


def _require_components(context: Context, folder: str, spec: View) -> None:
    """Components are relative to the path; a missing one fails the build unless ``ignoreMissingComponents`` is set."""
    for view in spec["components"].items() if not spec["ignoreMissingComponents"].flag() else ():
        check_filled("its component", view.text(), view.path)
        target = posixpath.normpath(posixpath.join(folder, view.text()))
        if "://" not in view.text() and not target.startswith("../") and not context.tree.is_folder(target):
            message = f"its component '{view.text()}' does not exist"
            raise UnrenderableError("missing-file", message, view.path, target)


def _build(base: Delivery, spec: View, variables: Variables) -> FluxBuild:
    return FluxBuild(
        name=base.name,
        namespace=base.namespace,
        spec=spec.mapping(),
        variables=variables.values,
        variable_spans=variables.spans,
        unknown_variables=tuple(sorted(variables.unknown)),
        absent_sources=tuple(error.reason for error in variables.absent),
    )


def _notes(variables: Variables, place: Place, folder: str) -> Iterator[Unrendered]:
    """Name what only the cluster knows: absent sources, and variables whose value is encrypted."""
    for error in variables.absent:
        yield unrendered(error, folder, place)
    if variables.unknown:
        names = ", ".join(sorted(variables.unknown))
        reason = (
            f"the values of its variables {names} are encrypted and left as they are: give values for review under "
            "'substitutions' in .gitlint-ops.yaml"
        )
        yield unrendered(UnrenderableError("needs-cluster", reason, ("spec", "postBuild")), folder, place)


def read_variables(context: Context, asker: Asker, place: Place) -> Variables:
    """Collect ``postBuild``'s variables: ``substituteFrom`` in order, then ``substitute``; later ones win.

    A value that Git does not tell comes from the configuration's ``substitutions``; an encrypted one without is kept as
    ``${NAME}``, so that the rest of its object is still substituted.
    """
    post_build = View(asker.declared.data).at("spec", "postBuild")
    variables = Variables()
    for reference in post_build["substituteFrom"].items():
        _add_source(context, asker, reference, variables)
    for name, view in post_build["substitute"].entries():
        variables.set(name, view.text(), place.span(view.path))
    if variables.absent:
        for name, value in context.config.substitutions.items():
            variables.values.setdefault(name, value)
    return variables


def _add_source(context: Context, asker: Asker, reference: View, variables: Variables) -> None:
    holder = find_holder(context, asker, reference)
    if holder is None:
        if not reference["optional"].flag():
            reason = (
                f"its variables come from {holder_label(asker, reference)}, which is not in Git: give the variables "
                "under 'substitutions' in .gitlint-ops.yaml"
            )
            variables.absent.append(UnrenderableError("needs-cluster", reason, reference.path))
        return
    for name, value in holder.entries.items():
        variables.set(name, value, holder.span(context, name))
    for name in sorted(holder.encrypted):
        known = context.config.substitutions.get(name)
        variables.set(name, f"${{{name}}}" if known is None else known, holder.span(context, name))
        if known is None:
            variables.unknown.append(name)


def _sync(spec: View) -> SyncPolicy:
    """Flux corrects drift at each interval, so self-heal is on unless it is suspended."""
    suspended = spec["suspend"].flag()
    options = tuple(f"{name}=true" for name in ("wait", "force") if spec[name].flag())
    return SyncPolicy(
        automated=not suspended,
        prune=spec["prune"].flag(),
        self_heal=not suspended,
        suspended=suspended,
        options=options,
    )


def base_delivery(declared: Declared, context: Context, place: Place, namespace: str) -> Delivery:
    """Give what all Flux deliveries share: identity, declaration, parent, environment and cluster."""
    data = declared.data
    parent = declared.parent
    kind = data.get("kind")
    return Delivery(
        id=delivery_id(context, "flux", declared, namespace),
        controller="flux",
        kind=kind if isinstance(kind, str) else "",
        namespace=namespace,
        name=metadata_text(data, "name"),
        environment=context.environment(list(_hints(declared, context))),
        cluster=_cluster(declared) or (parent.cluster if parent is not None else ""),
        parent=parent.id if parent is not None else "",
        span=place.span(),
        document=place.document,
        object=data,
    )


def _hints(declared: Declared, context: Context) -> Iterator[tuple[str, str]]:
    """Speak for the environment, strongest first: labels, the path that is built, the parent, the file, the name.

    Of a path that is not there though its parent folder is (misspelt, say), what is not there speaks last.
    """
    data, parent = declared.data, declared.parent
    yield from environment_labels(data)
    spec = data.get("spec")
    path = spec.get("path") if isinstance(spec, dict) else ""
    path = posixpath.normpath(path) if isinstance(path, str) and path else ""
    is_absent = context.tree.is_folder(posixpath.dirname(path) or ".") and not context.tree.is_folder(path)
    yield "path", present_part(context.tree, path) if is_absent else path
    yield "label", parent.environment if parent is not None else ""
    yield "path", declared.path
    yield "name", metadata_text(data, "name")
    yield "path", path if is_absent else ""


def _cluster(declared: Declared) -> str:
    """Give the cluster that a file's folder names: ``clusters/prod/apps.yaml`` is of ``prod``; '' where none does.

    What several builds give (``clusters/prod/00``, ``clusters/prod/01``) is of as many clusters.
    """
    if declared.scope:
        return declared.scope.partition("clusters/")[2] or declared.scope
    parts = declared.path.split("/")[:-1]
    return next((parts[at + 1] for at, part in enumerate(parts[:-1]) if part == "clusters"), "")


def instance_delivery(declared: Declared, context: Context) -> Delivery | None:
    """Give the root that a FluxInstance's ``sync`` creates: flux-operator writes its source and Kustomization."""
    data = declared.data
    sync = data["spec"].get("sync") if isinstance(data.get("spec"), dict) else None
    if not isinstance(sync, dict):
        return None
    place = Place(context.tree, declared)
    namespace = object_namespace(declared) or BOOTSTRAP_NAME
    base = base_delivery(declared, context, place, namespace)
    base = replace(base, sync=SyncPolicy(automated=True, prune=True, self_heal=True))
    try:
        return _instance_unit(base, context, declared, namespace, View(sync, ("spec", "sync")))
    except ShapeError as error:
        return replace(base, unrendered=(unrendered(error, base.name or "FluxInstance", place),))


def _instance_unit(base: Delivery, context: Context, declared: Declared, namespace: str, sync: View) -> Delivery:
    place, url, kind = Place(context.tree, declared), sync["url"].text(), sync["kind"].text("GitRepository")
    label = f"{kind} '{namespace}/{sync['name'].text() or namespace}'"
    source = FluxSource(kind, BOOTSTRAP_NAME, label, declared, url, sync["ref"].text())
    ref = SourceRef(url, sync["path"].text(), "", source.revision, source.transport, field_path=sync.path)
    try:
        made = synced(context, declared, namespace)
        path = View(made.kustomization).at("spec", "path").text()
        folder, assumed = source_folder(context, Asker(declared, namespace), source, path, made.path_field)
        ref = replace(ref, local=not is_fetched(folder), assumed_local=assumed, path=path)
        _require_folder(context, folder, path, made.path_field)
        variables = _instance_variables(context, declared, made, namespace)
    except REFUSALS as error:
        return _refused(base, place, context, ref, error)
    ignore = View(made.source).at("spec", "ignore").text() if _is_at_root(folder, path) else ""
    spec = View(made.kustomization)["spec"]
    build = replace(_build(base, spec, variables), name=made.name, namespace=namespace, ignore=ignore)
    unit = KustomizeUnit(folder, flux=build, load_restrictor="none", remotes=context.remotes)
    return replace(base, units=(unit,), sources=(ref,), unrendered=tuple(_notes(variables, place, folder)))


def _instance_variables(context: Context, declared: Declared, made: Synced, namespace: str) -> Variables:
    """Collect the variables of a patched Kustomization; those that a patch writes have no field to point to."""
    asker = Asker(replace(declared, data=made.kustomization), namespace)
    variables = read_variables(context, asker, Place(context.tree, declared))
    for name, _ in View(made.kustomization).at("spec", "postBuild", "substitute").entries():
        variables.spans.pop(name, None)
    return variables


def _refused(base: Delivery, place: Place, context: Context, ref: SourceRef, error: Refusal) -> Delivery:
    refusal = softened(context, as_unrenderable(error, ref.field_path), ref.repo_url, ref.revision)
    ref = replace(ref, missing=refusal.missing, missing_field=refusal.field_path if refusal.missing else ())
    return replace(base, sources=(ref,), unrendered=(unrendered(refusal, ref.path or base.name, place),))
