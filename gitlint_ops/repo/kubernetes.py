"""Which Kubernetes version a delivery meets, as far as the configuration or its cluster's Secret says."""

from __future__ import annotations

from gitlint_ops.repo.clusters import known_clusters
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.model import Delivery

_LABEL = "argocd.argoproj.io/kubernetes-version"
"""Which Argo CD keeps on a cluster Secret that asks for it.

Source: argo-cd, common/common.go, LabelKeyClusterKubernetesVersion.
"""


def version_at(context: Context, delivery: Delivery) -> str:
    """Give the version as written (``1.33``, ``v1.29.3``), '' where nothing says.

    The configuration's word for the environment comes first, then for the cluster, then the cluster's label, then the
    configuration's general version.
    """
    config = context.config
    environment = (item.kubernetes_version for item in config.environments if item.name == delivery.environment)
    return next(environment, "") or _of_cluster(context, delivery.cluster) or config.kubernetes_version


def _of_cluster(context: Context, cluster: str) -> str:
    if not cluster:
        return ""
    configured = (item.kubernetes_version for item in context.config.clusters if item.name == cluster)
    labels = (item.labels.get(_LABEL, "") for item in known_clusters(context) if item.name == cluster)
    return next(configured, "") or next(labels, "")
