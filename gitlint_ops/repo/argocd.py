"""Argo CD Applications: what each tells the controller to apply, where, and how it is kept in step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gitlint_ops.repo.argocd_settings import Application, argo_settings
from gitlint_ops.repo.argocd_source import Resolved, resolve_source, source_views
from gitlint_ops.repo.clusters import cluster_name
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.hints import environment_labels, path_hints, present_part
from gitlint_ops.repo.identity import delivery_id
from gitlint_ops.repo.locations import unrendered
from gitlint_ops.repo.model import Declared, Delivery, HelmUnit, SyncPolicy, Unrendered
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.views import ShapeError, View, metadata_text
from gitlint_ops.source.model import FieldPath

DEFAULT_NAMESPACE = "argocd"
"""Where Argo CD runs unless it is told otherwise."""


def application_delivery(
    declared: Declared,
    context: Context,
    *,
    prefix: FieldPath = (),
    generator: str = "",
    extra_hints: Sequence[tuple[str, str]] = (),
) -> Delivery:
    """Give the delivery that an Application declares; what cannot be rendered, or has a wrong type, says so in it.

    For an ApplicationSet's Application, ``generator`` is the set's id, ``declared`` has the set's place, ``prefix`` is
    the template's place in it, and ``extra_hints`` speak for the environment.
    """
    place = Place(context.tree, declared, prefix)
    spec = View(declared.data)["spec"]
    delivery = _with_settings(_declared_delivery(declared, context, place, generator), context, place, spec)
    resolved: tuple[Resolved, ...] = ()
    try:
        resolved = _resolve(declared, context, place, spec)
    except ShapeError as error:
        # One wrong type may stop both the settings and the sources; it is said once.
        told = dict.fromkeys((*delivery.unrendered, _wrong(error, delivery, place)))
        delivery = replace(delivery, unrendered=tuple(told))
    hints = [*extra_hints, *_hints(declared, place, resolved, delivery.cluster, delivery.target_namespace)]
    return replace(
        delivery,
        units=tuple(r.unit for r in resolved if r.unit is not None),
        unrendered=(*delivery.unrendered, *(r.unrendered for r in resolved if r.unrendered is not None)),
        environment=context.environment(hints),
        sources=tuple(r.ref for r in resolved),
    )


def _with_settings(delivery: Delivery, context: Context, place: Place, spec: View) -> Delivery:
    """Add how and where it is applied. A wrong type there is reported, and hides nothing of what would be applied."""
    try:
        return replace(
            delivery,
            sync=sync_policy(spec),
            target_namespace=spec.at("destination", "namespace").text(),
            cluster=_cluster(context, spec),
            project=spec["project"].text() or "default",
        )
    except ShapeError as error:
        return replace(delivery, unrendered=(_wrong(error, delivery, place),))


def _wrong(error: ShapeError, delivery: Delivery, place: Place) -> Unrendered:
    return unrendered(error, delivery.name or "Application", place)


def _declared_delivery(declared: Declared, context: Context, place: Place, generator: str) -> Delivery:
    """Give what an Application's declaration alone tells: who it is, where it stands, who creates it."""
    namespace = application_namespace(declared)
    return Delivery(
        id=delivery_id(context, "argocd", declared, namespace, generator.partition("@")[2]),
        controller="argocd",
        kind="Application",
        namespace=namespace,
        name=metadata_text(declared.data, "name"),
        parent=declared.parent.id if declared.parent is not None else "",
        span=place.span(),
        document=place.document,
        document_path=place.prefix,
        object=declared.data,
        generator=generator,
    )


def application_namespace(declared: Declared) -> str:
    """Give the namespace of an Argo CD object: its own, else where its parent puts it, else Argo CD's default."""
    parent = declared.parent.target_namespace if declared.parent is not None else ""
    return metadata_text(declared.data, "namespace") or parent or DEFAULT_NAMESPACE


def sync_policy(spec: View) -> SyncPolicy:
    """Read ``syncPolicy``: ``automated`` present means on, unless ``enabled: false``; its flags default to false."""
    policy = spec["syncPolicy"]
    automated = policy["automated"]
    present = bool(automated) and automated["enabled"].flag(default=True)
    return SyncPolicy(
        automated=present,
        prune=present and automated["prune"].flag(),
        self_heal=present and automated["selfHeal"].flag(),
        allow_empty=present and automated["allowEmpty"].flag(),
        suspended=bool(automated) and not present,
        options=policy["syncOptions"].texts(),
    )


def _resolve(declared: Declared, context: Context, place: Place, spec: View) -> tuple[Resolved, ...]:
    sources = source_views(spec)
    name, namespace = metadata_text(declared.data, "name"), spec.at("destination", "namespace").text()
    variables = {
        "ARGOCD_APP_NAME": name,
        "ARGOCD_APP_NAMESPACE": namespace,
        "ARGOCD_APP_PROJECT_NAME": spec["project"].text() or "default",
    }
    multiple = bool(spec["sources"].items()) and not spec["sourceHydrator"]
    refs = {view["ref"].text(): view for view in sources if view["ref"].text()}
    app = Application(context, place, name, namespace, multiple, refs, argo_settings(context), variables)
    return tuple(resolve_source(app, source) for source in sources)


def _cluster(context: Context, spec: View) -> str:
    destination = spec["destination"]
    return cluster_name(context, destination["name"].text(), destination["server"].text())


def _hints(
    declared: Declared, place: Place, resolved: Sequence[Resolved], cluster: str, namespace: str
) -> Iterator[tuple[str, str]]:
    """Speak for the environment, strongest first: labels, what is rendered, where to, where it is declared, names.

    Of a path that is not there (misspelt, say), what is not there speaks last.
    """
    data = declared.data
    yield from environment_labels(data)
    for item in resolved:
        if isinstance(item.unit, HelmUnit):
            yield from (("values", str(layer.value)) for layer in item.unit.layers if layer.form == "file")
    absent = {item.ref.path for item in resolved if item.ref.missing and item.ref.missing_field[-1:] == ("path",)}
    yield from path_hints(item.ref.path for item in resolved if item.ref.path not in absent)
    yield from path_hints(present_part(place.tree, path) for path in sorted(absent))
    yield "cluster", cluster
    yield "path", place.declared.path
    yield "name", metadata_text(data, "name")
    yield "label", declared.parent.environment if declared.parent is not None else ""
    yield "namespace", namespace
    yield from path_hints(sorted(absent))
