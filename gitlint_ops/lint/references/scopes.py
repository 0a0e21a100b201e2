"""Which deliveries may have their objects in one cluster, so that one's object is what another's refers to."""

from __future__ import annotations

from dataclasses import dataclass

from gitlint_ops.lint.checks.same_cluster import cluster_key
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery

_UNNAMED = ("", "in-cluster")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a delivery goes, as far as Git tells: environment and cluster, '' for unknown."""

    environment: str
    cluster: str
    """The cluster's name or address."""
    key: str
    """Equal for two deliveries only where they surely go to one cluster."""
    folders: frozenset[str] = frozenset()
    """The environments after which its folders are called: one place is ``prod`` in one folder, ``eu-1`` in another."""

    def may_share(self, other: Scope) -> bool:
        """Say whether two deliveries may go to one cluster; what is not told speaks for it."""
        if self.key and self.key == other.key:
            return True
        if self.cluster and other.cluster and self.cluster != other.cluster:
            return False
        if "" in (self.environment, other.environment) or self.environment == other.environment:
            return True
        return self.environment in other.folders or other.environment in self.folders


def scope_of(context: CheckContext, delivery: Delivery) -> Scope:
    """Give where a delivery goes."""
    known: dict[str, Scope] = context.once("reference-scopes", dict)
    if delivery.id not in known:
        cluster = "" if delivery.cluster in _UNNAMED else delivery.cluster
        named = {name for unit in delivery.units for name in unit.path.split("/")}
        folders = frozenset(named & context.graph.environments.keys())
        known[delivery.id] = Scope(delivery.environment, cluster, cluster_key(context, delivery), folders)
    return known[delivery.id]
