"""What could not be rendered, and the namespaces in which it may have made something."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.scopes import Scope, scope_of
from gitlint_ops.repo.model import NOT_APPLIED, Delivery, KustomizeUnit


@dataclass(frozen=True, slots=True)
class Gap:
    """A delivery whose objects are not all known. ``namespace`` is '' where it may have made them anywhere."""

    delivery: Delivery
    scope: Scope
    namespace: str

    def may_hold(self, delivery: Delivery, scope: Scope, namespace: str) -> bool:
        """Say whether an object of that namespace, as this delivery needs it, may be among what is not known."""
        if delivery.id == self.delivery.id:
            return True
        if not self.scope.may_share(scope):
            return False
        if self.namespace and namespace:
            return self.namespace == namespace
        # A folder that nothing delivers goes nowhere by itself: it counts for what lies beside it.
        by_hand = self.delivery.controller == "none" or delivery.controller == "none"
        return not by_hand or _is_beside(self.delivery, delivery)


def gaps(context: CheckContext) -> Iterator[Gap]:
    """Give the deliveries of which something could not be rendered."""
    seen = set()
    for delivery, item in context.rendering.unrendered:
        # A value that only the cluster knows lacks no object where the others were rendered.
        is_whole = item.error_kind == NOT_APPLIED or (
            item.error_kind == "needs-cluster" and delivery is not None and context.objects_of(delivery)
        )
        if delivery is None or is_whole or delivery.id in seen:
            continue
        seen.add(delivery.id)
        yield Gap(delivery, scope_of(context, delivery), _namespace(context, delivery))


def _namespace(context: CheckContext, delivery: Delivery) -> str:
    for unit in delivery.units:
        kustomization = context.graph.kustomizations.get(unit.path) if isinstance(unit, KustomizeUnit) else None
        namespace = kustomization.data.get("namespace") if kustomization is not None else None
        if isinstance(namespace, str) and namespace:
            return namespace
    return delivery.target_namespace


def _is_beside(one: Delivery, other: Delivery) -> bool:
    """Whether two deliveries' folders lie in one folder, at most two levels up: the overlays and bases of one thing."""
    return any(
        posixpath.dirname(first) and _is_below(second, posixpath.dirname(first))
        for first, second in _folders(one, other)
    )


def _folders(one: Delivery, other: Delivery) -> Iterator[tuple[str, str]]:
    for first in one.units:
        for second in other.units:
            yield first.path, second.path
            yield second.path, first.path


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
