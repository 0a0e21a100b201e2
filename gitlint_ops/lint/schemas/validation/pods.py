"""What the API server demands of a pod beyond its schema.

Source: k8s.io/kubernetes/pkg/apis/core/validation (ValidatePodTemplateSpec and what it calls).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation import formats
from gitlint_ops.lint.schemas.validation.metadata import label_faults
from gitlint_ops.lint.schemas.validation.reading import below, fault, malformed, mappings, port_number, quoted, repeated
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import mapping

POD_TEMPLATES: Mapping[str, FieldPath] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"), ("spec", "template")
    ),
}
"""Where the pod template of a kind lies; a Pod is one."""
CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")


def pod_faults(data: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    """Check the pod template of a workload, or a Pod."""
    if kind not in POD_TEMPLATES:
        return
    template = POD_TEMPLATES[kind]
    pod, path = mapping(below(data, (*template, "spec"))), (*template, "spec")
    if template:
        yield from label_faults(below(data, (*template, "metadata", "labels")), (*template, "metadata", "labels"))
    yield from label_faults(pod.get("nodeSelector"), (*path, "nodeSelector"))
    yield from _volumes(pod, path)
    volumes = _volume_names(pod) | _claim_names(data, kind)
    containers = [found for name in CONTAINERS for found in mappings(pod.get(name), (*path, name))]
    yield from repeated((((*at, "name"), item.get("name")) for at, item in containers), "the container name")
    for at, container in containers:
        yield from _container(container, at, volumes)


def _volume_names(pod: Mapping[str, Any]) -> set[str]:
    return {str(volume.get("name")) for _, volume in mappings(pod.get("volumes"), ())}


def _claim_names(data: Mapping[str, Any], kind: str) -> set[str]:
    claims = below(data, ("spec", "volumeClaimTemplates")) if kind == "StatefulSet" else None
    return {str(below(claim, ("metadata", "name"))) for _, claim in mappings(claims, ())}


def _volumes(pod: Mapping[str, Any], path: FieldPath) -> Iterator[Fault]:
    volumes = list(mappings(pod.get("volumes"), (*path, "volumes")))
    yield from repeated((((*at, "name"), item.get("name")) for at, item in volumes), "the volume name")
    for at, volume in volumes:
        yield from malformed(volume.get("name"), (*at, "name"), formats.is_dns_label, formats.DNS_LABEL)
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        if len(sources) > 1:
            yield fault(
                (*at, sources[-1]), f"stands beside {', '.join(sources[:-1])}; a volume has one source", on_key=True
            )


def _container(container: Mapping[str, Any], path: FieldPath, volumes: Set[str]) -> Iterator[Fault]:
    yield from malformed(container.get("name"), (*path, "name"), formats.is_dns_label, formats.DNS_LABEL)
    yield from _ports(container, path)
    yield from _environment(container, path)
    yield from _mounts(container, path, volumes)
    yield from resource_faults(container.get("resources"), (*path, "resources"))
    for name in _PROBES:
        if container.get(name) is not None:
            yield from _probe(mapping(container[name]), (*path, name))


def _ports(container: Mapping[str, Any], path: FieldPath) -> Iterator[Fault]:
    ports = list(mappings(container.get("ports"), (*path, "ports")))
    yield from repeated((((*at, "name"), port.get("name")) for at, port in ports), "the port name")
    for at, port in ports:
        yield from port_number(port.get("containerPort"), (*at, "containerPort"))
        yield from port_number(port.get("hostPort"), (*at, "hostPort"), least=0)
        yield from _port_name(port.get("name"), (*at, "name"))


def _port_name(name: Any, path: FieldPath) -> Iterator[Fault]:
    if name != "":
        yield from malformed(name, path, formats.is_port_name, formats.PORT_NAME)


def port_reference(value: Any, path: FieldPath) -> Iterator[Fault]:
    """Check a port that is given by number or by the name of a container's port."""
    yield from port_number(value, path)
    yield from malformed(value, path, formats.is_port_name, formats.PORT_NAME)


def _environment(container: Mapping[str, Any], path: FieldPath) -> Iterator[Fault]:
    for at, variable in mappings(container.get("env"), (*path, "env")):
        source = variable.get("valueFrom")
        if source is None:
            continue
        if variable.get("value") not in (None, ""):
            yield fault((*at, "valueFrom"), "stands beside value; a variable has one of them", on_key=True)
        given = [key for key, value in mapping(source).items() if value is not None]
        if len(given) > 1:
            yield fault((*at, "valueFrom"), f"must name one source, not {' and '.join(given)}", on_key=True)


def _mounts(container: Mapping[str, Any], path: FieldPath, volumes: Set[str]) -> Iterator[Fault]:
    mounts = list(mappings(container.get("volumeMounts"), (*path, "volumeMounts")))
    yield from repeated((((*at, "mountPath"), item.get("mountPath")) for at, item in mounts), "the path")
    for at, mount in mounts:
        name = mount.get("name")
        if isinstance(name, str) and name not in volumes and not formats.is_placeholder(name):
            known = f"; its volumes are {', '.join(sorted(volumes))}" if volumes else ""
            yield fault((*at, "name"), f"names the volume {quoted(name)}, which the pod has not{known}")


def resource_faults(resources: Any, path: FieldPath) -> Iterator[Fault]:
    """Check resource requests against limits."""
    requests, limits = (mapping(mapping(resources).get(field)) for field in ("requests", "limits"))
    for field, amounts in (("requests", requests), ("limits", limits)):
        for name, amount in amounts.items():
            number = formats.quantity(amount)
            if number is not None and number < 0:
                yield fault((*path, field, name), f"must not be negative, and is {amount}")
    for name, amount in requests.items():
        request, limit = formats.quantity(amount), formats.quantity(limits.get(name))
        if request is not None and limit is not None and request > limit:
            yield fault((*path, "requests", name), f"is {amount}, over the limit of {limits[name]}")


def _probe(probe: Mapping[str, Any], path: FieldPath) -> Iterator[Fault]:
    given = [name for name in _HANDLERS if probe.get(name) is not None]
    if len(given) > 1:
        yield fault((*path, given[-1]), f"stands beside {', '.join(given[:-1])}; a probe has one handler", on_key=True)
    elif not given:
        yield fault(path, f"must have one of {', '.join(_HANDLERS)}, and has none", on_key=True)
    for handler in given:
        port = mapping(probe[handler]).get("port")
        yield from port_reference(port, (*path, handler, "port"))
