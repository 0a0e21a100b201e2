"""A reference from one object to another, as the cluster will resolve it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.references.likeness import written_name
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.model import FieldPath

GROUPS: Mapping[str, str] = {
    "ClusterRole": "rbac.authorization.k8s.io",
    "DaemonSet": "apps",
    "Deployment": "apps",
    "IngressClass": "networking.k8s.io",
    "PriorityClass": "scheduling.k8s.io",
    "ReplicaSet": "apps",
    "Role": "rbac.authorization.k8s.io",
    "RuntimeClass": "node.k8s.io",
    "StatefulSet": "apps",
    "StorageClass": "storage.k8s.io",
}
"""The API group of the kinds that are referred to by name alone; the others are of the core group."""
CLUSTER_SCOPED = frozenset({"ClusterRole", "IngressClass", "PriorityClass", "RuntimeClass", "StorageClass"})
_UNKNOWN = re.compile(r"[{}<>$%\s]")
"""What no name holds: the text stands for one that is only known on the cluster."""


@dataclass(frozen=True, slots=True)
class Want:
    """An object that another one needs. ``namespace`` is '' for cluster-scoped kinds and where Git does not tell it."""

    item: RenderedObject
    field_path: FieldPath
    """The field of ``item`` that names it."""
    kind: str
    name: str
    namespace: str
    group: str | None = None
    """Its API group; None for the kind's own, of GROUPS."""
    optional: bool = False
    """Whether what refers to it does without it: of the references that rules follow only those of a pod to a
    ConfigMap or a Secret (a volume, ``envFrom``, a key) can say so."""
    keys: tuple[tuple[FieldPath, str], ...] = ()
    """The entries of a ConfigMap or Secret that are needed, and the fields that name them."""

    @property
    def api_group(self) -> str:
        """The API group of what is needed."""
        return GROUPS.get(self.kind, "") if self.group is None else self.group

    @property
    def is_known(self) -> bool:
        """Whether the name is one: no variable of a template, nothing empty."""
        return is_name(self.name) and is_name(self.namespace or "x")

    @property
    def label(self) -> str:
        """Kind and name as messages give them: ``ConfigMap web``, without a generator's hash."""
        return f"{self.kind} {written_name(self.name)}"


def want(item: RenderedObject, field_path: FieldPath, kind: str, name: Any, **more: Any) -> Want | None:
    """Give what a field names, in its object's namespace unless ``more`` says another; None where it names nothing."""
    if not isinstance(name, str) or not name:
        return None
    namespace = "" if kind in CLUSTER_SCOPED else more.pop("namespace", None) or item.namespace
    found = Want(item, field_path, kind, name, namespace, **more)
    return found if found.is_known else None


def is_name(value: object) -> bool:
    """Say whether a value is a text without variables, as the name of an object is."""
    return isinstance(value, str) and bool(value) and not _UNKNOWN.search(value)
