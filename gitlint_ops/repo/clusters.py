"""The clusters that Argo CD knows, as far as Git and the configuration tell: cluster Secrets and ``clusters:``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.views import metadata_map, metadata_text

IN_CLUSTER = "in-cluster"
IN_CLUSTER_SERVER = "https://kubernetes.default.svc"
SECRET_TYPE = "argocd.argoproj.io/secret-type"  # noqa: S105
"""The label that makes a Secret one of Argo CD's own; of a cluster where it says ``cluster``."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as an ApplicationSet's cluster generator sees it."""

    name: str
    server: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    project: str = ""


def known_clusters(context: Context) -> tuple[Cluster, ...]:
    """Give the clusters of the configuration, then those of cluster Secrets in Git that it does not name; by name."""
    found = {cluster.name: cluster for cluster in _from_secrets(context)}
    for setting in context.config.clusters:
        labels = {SECRET_TYPE: "cluster", **setting.labels}
        found[setting.name] = Cluster(setting.name, setting.server, labels, dict(setting.annotations))
    return tuple(found[name] for name in sorted(found))


def cluster_name(context: Context, name: str, server: str) -> str:
    """Give one name for a destination: its cluster's name where it is known, else the server's URL."""
    server = server.rstrip("/")
    if name in {IN_CLUSTER, ""} and server in {IN_CLUSTER_SERVER, ""}:
        return IN_CLUSTER if name or server else ""
    if name:
        return name
    return next((cluster.name for cluster in known_clusters(context) if cluster.server.rstrip("/") == server), server)


def _from_secrets(context: Context) -> list[Cluster]:
    clusters = []
    for declared in context.index.all("Secret", holding=SECRET_TYPE):
        labels = metadata_map(declared.data, "labels")
        if labels.get(SECRET_TYPE) != "cluster":
            continue
        server = secret_text(declared.data, "server").rstrip("/")
        name = secret_text(declared.data, "name") or metadata_text(declared.data, "name")
        if server:
            annotations = metadata_map(declared.data, "annotations")
            project = secret_text(declared.data, "project")
            clusters.append(Cluster(name, server, labels, annotations, project))
    return clusters


def secret_text(data: Mapping[str, Any], key: str) -> str:
    """Give an entry of a Secret as text, from ``stringData`` or base64 ``data``; '' where it is absent or no text."""
    plain = data.get("stringData")
    if isinstance(plain, dict) and isinstance(plain.get(key), str):
        return str(plain[key])
    encoded = data.get("data")
    value = encoded.get(key) if isinstance(encoded, dict) else None
    if not isinstance(value, str):
        return ""
    try:
        return base64.b64decode(value, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        # Not text: for us it is as good as not there; the Secret itself is judged by the rules.
        return ""
