"""The Services to which Ingresses, Gateway API routes and the like send traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.references.wants import Want, want
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import items, mapping

_ROUTES = frozenset({"GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"})
_TRAEFIK = frozenset({"IngressRoute", "IngressRouteTCP", "IngressRouteUDP"})


@dataclass(frozen=True, slots=True)
class Backend:
    """A Service that traffic is sent to, and its port: a number, a name, or None where any will do."""

    service: Want
    port: int | str | None = None
    port_path: FieldPath = ()


def backends_of(item: RenderedObject) -> Iterator[Backend]:
    """Give the Services that an object routes to."""
    group = api_group(item.api_version)
    if item.kind == "Ingress" and group in ("networking.k8s.io", "extensions"):
        yield from _ingress(item)
    elif item.kind in _ROUTES and group == "gateway.networking.k8s.io":
        yield from _gateway_route(item)
    elif item.kind in _TRAEFIK and group.startswith("traefik."):
        yield from _traefik_route(item)
    elif item.kind == "Route" and group == "route.openshift.io":
        yield from _openshift_route(item)


def _backend(
    item: RenderedObject, path: FieldPath, entry: Mapping[str, Any], fields: tuple[str, str]
) -> Iterator[Backend]:
    """Give the backend of an entry, whose ``fields`` are those of the Service's name and of its port."""
    name_field, port_field = fields
    found = want(item, (*path, name_field), "Service", entry.get(name_field), namespace=_namespace(entry, item))
    if found is not None:
        port = entry.get(port_field)
        yield Backend(found, port if isinstance(port, int | str) else None, (*path, port_field))


def _namespace(entry: Mapping[str, Any], item: RenderedObject) -> str:
    namespace = entry.get("namespace")
    return namespace if isinstance(namespace, str) and namespace else item.namespace


def _ingress(item: RenderedObject) -> Iterator[Backend]:
    spec = mapping(item.data.get("spec"))
    for field in ("defaultBackend", "backend"):
        yield from _ingress_backend(item, ("spec", field), spec.get(field))
    for at, rule in items(spec.get("rules")):
        for index, path in items(mapping(rule.get("http")).get("paths")):
            yield from _ingress_backend(
                item, ("spec", "rules", at, "http", "paths", index, "backend"), path.get("backend")
            )


def _ingress_backend(item: RenderedObject, path: FieldPath, value: Json) -> Iterator[Backend]:
    backend = mapping(value)
    yield from _backend(item, path, backend, ("serviceName", "servicePort"))
    service = mapping(backend.get("service"))
    found = want(item, (*path, "service", "name"), "Service", service.get("name"))
    if found is not None:
        port = mapping(service.get("port"))
        field = "name" if "name" in port else "number"
        # AWS's controller takes the name of an annotation, with this for a port.
        if port.get("name") != "use-annotation":
            yield Backend(found, port.get(field), (*path, "service", "port", field))


def _gateway_route(item: RenderedObject) -> Iterator[Backend]:
    for at, rule in items(mapping(item.data.get("spec")).get("rules")):
        path: FieldPath = ("spec", "rules", at)
        for index, entry in items(rule.get("backendRefs")):
            yield from _gateway_backend(item, (*path, "backendRefs", index), entry)
        for index, entry in items(rule.get("filters")):
            mirror = mapping(mapping(entry.get("requestMirror")).get("backendRef"))
            yield from _gateway_backend(item, (*path, "filters", index, "requestMirror", "backendRef"), mirror)


def _gateway_backend(item: RenderedObject, path: FieldPath, entry: Mapping[str, Any]) -> Iterator[Backend]:
    if not entry.get("group") and entry.get("kind", "Service") == "Service":
        yield from _backend(item, path, entry, ("name", "port"))


def _traefik_route(item: RenderedObject) -> Iterator[Backend]:
    for at, route in items(mapping(item.data.get("spec")).get("routes")):
        for index, entry in items(route.get("services")):
            if entry.get("kind", "Service") == "Service" and "@" not in str(entry.get("name")):
                yield from _backend(item, ("spec", "routes", at, "services", index), entry, ("name", "port"))


def _openshift_route(item: RenderedObject) -> Iterator[Backend]:
    spec = mapping(item.data.get("spec"))
    for path, entry in ((("spec", "to"), mapping(spec.get("to"))), *_alternates(spec)):
        if entry.get("kind", "Service") == "Service":
            yield from _backend(item, path, entry, ("name", ""))


def _alternates(spec: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    for at, entry in items(spec.get("alternateBackends")):
        yield ("spec", "alternateBackends", at), entry
