"""The entries of ConfigMaps and Secrets, as far as Git tells; never their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.narrowing import items, mapping

Keys = frozenset[str]
_FILLED = (
    "service.beta.openshift.io/inject-cabundle",
    "config.openshift.io/inject-trusted-cabundle",
    "replicator.v1.mittwald.de/replicate-from",
    "reflector.v1.k8s.emberstack.com/reflects",
    "secret-generator.v1.mittwald.de/autogenerate",
    "kubernetes.io/service-account.name",
    "avp.kubernetes.io/path",
    "cert-manager.io/allow-direct-injection",
)
"""Annotations and labels by which something on the cluster adds entries."""
_TLS = frozenset({"tls.crt", "tls.key", "ca.crt"})


def keys_of(item: RenderedObject) -> Keys | None:
    """Give the keys of the ConfigMap or Secret that an object is or becomes; None where not all are told."""
    group = api_group(item.api_version)
    reader = _READERS.get((group, item.kind))
    return reader(item.data) if reader is not None else None


def _plain(data: Mapping[str, Any]) -> Keys | None:
    metadata = mapping(data.get("metadata"))
    marks = {**mapping(metadata.get("labels")), **mapping(metadata.get("annotations"))}
    found = frozenset(key for field in ("data", "stringData", "binaryData") for key in mapping(data.get(field)))
    # What is empty in Git is there to be filled by something else.
    return None if not found or any(mark in marks for mark in _FILLED) else found


def _sealed(data: Mapping[str, Any]) -> Keys | None:
    spec = mapping(data.get("spec"))
    found = frozenset(mapping(spec.get("encryptedData"))) | frozenset(
        mapping(mapping(spec.get("template")).get("data"))
    )
    return found or None


def _external(data: Mapping[str, Any]) -> Keys | None:
    spec = mapping(data.get("spec"))
    target = mapping(spec.get("target"))
    template = mapping(target.get("template"))
    fetched = frozenset(str(entry.get("secretKey")) for _, entry in items(spec.get("data")))
    if target.get("creationPolicy", "Owner") not in ("Owner", "Orphan") or template.get("templateFrom"):
        return None
    made = frozenset(mapping(template.get("data")))
    if made:
        return made if template.get("mergePolicy", "Replace") == "Replace" else None
    return None if spec.get("dataFrom") or not fetched else fetched


def _certificate(data: Mapping[str, Any]) -> Keys | None:
    spec = mapping(data.get("spec"))
    return None if spec.get("keystores") or spec.get("additionalOutputFormats") else _TLS


_READERS = {
    ("", "ConfigMap"): _plain,
    ("", "Secret"): _plain,
    ("bitnami.com", "SealedSecret"): _sealed,
    ("cert-manager.io", "Certificate"): _certificate,
    ("external-secrets.io", "ExternalSecret"): _external,
}
