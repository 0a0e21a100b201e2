"""What the API server demands of metadata: names, labels and annotations.

Sources: k8s.io/apimachinery/pkg/api/validation (ValidateObjectMeta), and the name functions of k8s.io/kubernetes
pkg/apis/*/validation. Where releases differ, the mildest holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation import formats
from gitlint_ops.lint.schemas.validation.reading import fault, malformed
from gitlint_ops.lint.schemas.wording import quote_hint, shown_value
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import mapping

_LABEL_NAMED = frozenset({"Namespace", "Service"})
_SUBDOMAIN_NAMED = frozenset(
    {
        "ConfigMap",
        "CronJob",
        "DaemonSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "IngressClass",
        "Job",
        "LimitRange",
        "NetworkPolicy",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Pod",
        "PodDisruptionBudget",
        "PriorityClass",
        "ReplicaSet",
        "ResourceQuota",
        "Secret",
        "ServiceAccount",
        "StatefulSet",
        "StorageClass",
    }
)
MAX_CRON_JOB_NAME = 52
"""A Job's name has 63 characters, of which the controller adds 11."""


def metadata_faults(data: Mapping[str, Any], kind: str, *, built_in: bool) -> Iterator[Fault]:
    """Check the metadata of an object; the name only of kinds whose names are DNS names."""
    metadata = mapping(data.get("metadata"))
    yield from _name(metadata, kind, built_in=built_in)
    yield from label_faults(metadata.get("labels"), ("metadata", "labels"))
    for key in mapping(metadata.get("annotations")):
        path = ("metadata", "annotations", str(key))
        # ValidateAnnotations compares the key in lower case.
        yield from malformed(str(key).lower(), path, formats.is_qualified_name, formats.QUALIFIED_NAME, on_key=True)
    if not built_in:
        yield from _texts(metadata)


def _name(metadata: Mapping[str, Any], kind: str, *, built_in: bool) -> Iterator[Fault]:
    name, path = metadata.get("name"), ("metadata", "name")
    if built_in and kind in _LABEL_NAMED:
        yield from malformed(name, path, formats.is_dns_label, formats.DNS_LABEL)
    elif not built_in or kind in _SUBDOMAIN_NAMED:
        yield from malformed(name, path, formats.is_dns_subdomain, formats.DNS_SUBDOMAIN)
    if built_in and kind == "CronJob" and isinstance(name, str) and len(name) > MAX_CRON_JOB_NAME:
        yield fault(path, f"must have at most {MAX_CRON_JOB_NAME} characters, and has {len(name)}")


def label_faults(labels: Any, path: FieldPath) -> Iterator[Fault]:
    """Check the keys and values of labels, or of a selector by labels."""
    for key, value in mapping(labels).items():
        yield from malformed(key, (*path, key), formats.is_qualified_name, formats.QUALIFIED_NAME, on_key=True)
        yield from malformed(value, (*path, key), formats.is_label_value, formats.LABEL_VALUE)


def _texts(metadata: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what the schema of a custom kind leaves out, and the API server decodes as ObjectMeta."""
    found: list[tuple[FieldPath, Any]] = [(("metadata", key), metadata.get(key)) for key in ("name", "namespace")]
    for field in ("labels", "annotations"):
        found += [(("metadata", field, str(key)), value) for key, value in mapping(metadata.get(field)).items()]
    for path, value in found:
        if value is not None and not isinstance(value, str):
            yield fault(path, f"must be a string, not {shown_value(value)}{quote_hint(value)}")
