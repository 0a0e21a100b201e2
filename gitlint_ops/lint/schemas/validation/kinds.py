"""What the API server demands of single kinds beyond their schemas.

Sources: k8s.io/kubernetes, packages pkg/apis/{apps,autoscaling,batch,core,networking,policy}/validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation import formats
from gitlint_ops.lint.schemas.validation.metadata import label_faults
from gitlint_ops.lint.schemas.validation.pods import POD_TEMPLATES, port_reference, resource_faults
from gitlint_ops.lint.schemas.validation.reading import below, fault, malformed, mappings, port_number, quoted, repeated
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import mapping

_Data = Mapping[str, Any]
MAX_DATA_BYTES = 1024 * 1024
"""Most that the values of a ConfigMap or Secret may hold together."""


def _workload(data: _Data) -> Iterator[Fault]:
    yield from _replicas(data)
    policy, path = _restart_policy(data)
    if policy not in (None, "", "Always", "OnFailure", "Never"):
        return
    if policy not in (None, "", "Always"):
        yield fault(path, f"must be Always in a {data['kind']}, not {quoted(str(policy))}")


def _replicas(data: _Data) -> Iterator[Fault]:
    replicas = below(data, ("spec", "replicas"))
    if isinstance(replicas, int) and not isinstance(replicas, bool) and replicas < 0:
        yield fault(("spec", "replicas"), f"must not be negative, and is {replicas}")


def _restart_policy(data: _Data) -> tuple[Any, FieldPath]:
    path = (*POD_TEMPLATES[data["kind"]], "spec", "restartPolicy")
    return below(data, path), path


def _selecting_workload(data: _Data) -> Iterator[Fault]:
    """Check a workload of the group apps, whose selector has to match its own template."""
    yield from _workload(data)
    selector = below(data, ("spec", "selector"))
    labels = below(data, ("spec", "template", "metadata", "labels"))
    if not isinstance(selector, dict) or not isinstance(labels, dict | None):
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield fault(("spec", "selector"), "must not be empty")
    yield from label_faults(selector.get("matchLabels"), ("spec", "selector", "matchLabels"))
    yield from _unmatched(mapping(selector.get("matchLabels")), mapping(labels))


def _unmatched(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterator[Fault]:
    for key, value in wanted.items():
        own = labels.get(key)
        if not isinstance(value, str) or (key in labels and not isinstance(own, str)):
            continue
        if value != own and not formats.is_placeholder(f"{value} {own}"):
            has = f"has {quoted(own)} there" if isinstance(own, str) else "has no such label"
            yield fault(
                ("spec", "selector", "matchLabels", key),
                f"is {quoted(value)}, and the pod template {has}; a selector has to match its own template",
            )


def _deployment(data: _Data) -> Iterator[Fault]:
    yield from _selecting_workload(data)
    strategy = mapping(below(data, ("spec", "strategy")))
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate") is not None:
        path = ("spec", "strategy", "rollingUpdate")
        yield fault(path, "must not be set where spec.strategy.type is Recreate", on_key=True)


def _stateful_set(data: _Data) -> Iterator[Fault]:
    yield from _selecting_workload(data)
    path = ("spec", "volumeClaimTemplates")
    for at, claim in mappings(below(data, path), path):
        yield from resource_faults(below(claim, ("spec", "resources")), (*at, "spec", "resources"))


def _job(data: _Data) -> Iterator[Fault]:
    policy, path = _restart_policy(data)
    if not isinstance(below(data, path[:-1]), dict):
        return
    if policy in (None, ""):
        yield fault(
            path[:-1], f"must set restartPolicy to OnFailure or Never in a {data['kind']}", on_key=True, exact=False
        )
    elif policy == "Always":
        yield fault(path, f"must be OnFailure or Never in a {data['kind']}, not 'Always'")


def _cron_job(data: _Data) -> Iterator[Fault]:
    yield from _job(data)
    schedule = below(data, ("spec", "schedule"))
    if isinstance(schedule, str) and not formats.is_placeholder(schedule):
        problem = formats.schedule_problem(schedule)
        if problem:
            yield fault(
                ("spec", "schedule"), f"must be a schedule such as '0 3 * * *', not {quoted(schedule)}: {problem}"
            )


def _service(data: _Data) -> Iterator[Fault]:
    ports = list(mappings(below(data, ("spec", "ports")), ("spec", "ports")))
    yield from label_faults(below(data, ("spec", "selector")), ("spec", "selector"))
    yield from repeated((((*at, "name"), port.get("name")) for at, port in ports), "the port name")
    yield from repeated((((*at, "port"), _endpoint(port)) for at, port in ports), "the port")
    for at, port in ports:
        if len(ports) > 1 and port.get("name") in (None, ""):
            yield fault(
                (*at, "name"), "is required where a Service has several ports, and missing", on_key=True, exact=False
            )
        yield from malformed(port.get("name") or None, (*at, "name"), formats.is_dns_label, formats.DNS_LABEL)
        yield from port_number(port.get("port"), (*at, "port"))
        yield from port_number(port.get("nodePort"), (*at, "nodePort"), least=0)
        if port.get("targetPort") not in (0, ""):
            yield from port_reference(port.get("targetPort"), (*at, "targetPort"))


def _endpoint(port: Mapping[str, Any]) -> str:
    return f"{port['port']}/{port.get('protocol') or 'TCP'}" if isinstance(port.get("port"), int) else ""


def _ingress(data: _Data) -> Iterator[Fault]:
    for at, rule in mappings(below(data, ("spec", "rules")), ("spec", "rules")):
        yield from malformed(rule.get("host") or None, (*at, "host"), _is_host, "a DNS name such as www.acme.example")
        paths = (*at, "http", "paths")
        for place, entry in mappings(below(rule, ("http", "paths")), paths):
            yield from malformed(
                entry.get("path") or None, (*place, "path"), _is_absolute, "a path that starts with '/'"
            )
            port = mapping(below(entry, ("backend", "service", "port")))
            yield from port_number(port.get("number"), (*place, "backend", "service", "port", "number"))


def _is_host(text: str) -> bool:
    return formats.is_dns_subdomain(text.removeprefix("*."))


def _is_absolute(text: str) -> bool:
    return text.startswith("/")


def _autoscaler(data: _Data) -> Iterator[Fault]:
    least, most = (below(data, ("spec", field)) for field in ("minReplicas", "maxReplicas"))
    if isinstance(most, int) and most < 1:
        yield fault(("spec", "maxReplicas"), f"must be at least 1, and is {most}")
    elif isinstance(least, int) and isinstance(most, int) and least > most:
        yield fault(("spec", "minReplicas"), f"is {least}, over spec.maxReplicas, which is {most}")


def _disruption_budget(data: _Data) -> Iterator[Fault]:
    spec = mapping(data.get("spec"))
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        path = ("spec", "maxUnavailable")
        yield fault(path, "stands beside spec.minAvailable; a budget has one of them", on_key=True)


def _claim(data: _Data) -> Iterator[Fault]:
    yield from resource_faults(below(data, ("spec", "resources")), ("spec", "resources"))


def _data_holder(data: _Data) -> Iterator[Fault]:
    size = 0
    for field in ("data", "stringData", "binaryData"):
        for key, value in mapping(data.get(field)).items():
            yield from malformed(key, (field, key), formats.is_data_key, formats.DATA_KEY, on_key=True)
            size += len(value.encode(errors="replace")) if isinstance(value, str) and field == "data" else 0
    if data["kind"] == "ConfigMap" and size > MAX_DATA_BYTES:
        yield fault(("data",), f"holds {size} bytes, over the limit of {MAX_DATA_BYTES} for a ConfigMap", on_key=True)
    encoded = "data" if data["kind"] == "Secret" else "binaryData"
    yield from _encoded(mapping(data.get(encoded)), encoded)


def _encoded(values: Mapping[str, Any], field: str) -> Iterator[Fault]:
    """Check that values are base64; none is ever shown."""
    for key, value in values.items():
        if isinstance(value, str) and not formats.is_placeholder(value) and not formats.is_base64(value):
            hint = "; write plain text under stringData" if field == "data" else ""
            yield fault((field, key), f"must be base64, and is not{hint}")


_CHECKS: Mapping[str, tuple[str, Callable[[_Data], Iterator[Fault]]]] = {
    "ConfigMap": ("", _data_holder),
    "CronJob": ("batch", _cron_job),
    "DaemonSet": ("apps", _selecting_workload),
    "Deployment": ("apps", _deployment),
    "HorizontalPodAutoscaler": ("autoscaling", _autoscaler),
    "Ingress": ("networking.k8s.io", _ingress),
    "Job": ("batch", _job),
    "PersistentVolumeClaim": ("", _claim),
    "PodDisruptionBudget": ("policy", _disruption_budget),
    "ReplicaSet": ("apps", _selecting_workload),
    "ReplicationController": ("", _workload),
    "Secret": ("", _data_holder),
    "Service": ("", _service),
    "StatefulSet": ("apps", _stateful_set),
}


def kind_faults(data: _Data, group: str, kind: str) -> Iterator[Fault]:
    """Check what holds for one kind of Kubernetes' own alone."""
    own_group, check = _CHECKS.get(kind, ("", None))
    if check is not None and group == own_group:
        yield from check(data)
