"""The check that role bindings find their roles and the service accounts to which they give them."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.checks.declarations import mapping_at
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import absence_of, is_told
from gitlint_ops.lint.references.pods import items
from gitlint_ops.lint.references.wants import GROUPS, Want, want
from gitlint_ops.lint.references.world import world_of
from gitlint_ops.render.model import RenderedObject

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_GROUP = GROUPS["Role"]


def role_binding_dangling(context: CheckContext) -> Iterator[Violation]:
    """Report bindings of a role that is not there, or to a ServiceAccount that is not there."""
    world = world_of(context)
    for item in context.of_kinds(_BINDINGS, (_GROUP,)):
        for wanted, verb, effect in _wants(item):
            absence = None if world.find(wanted) else absence_of(context, wanted)
            if absence is not None and is_told(context, absence):
                yield absence.violation(verb, effect)


def _wants(item: RenderedObject) -> Iterator[tuple[Want, str, str]]:
    role = mapping_at(item.data, "roleRef")
    kind = str(role.get("kind") or "")
    if kind in ("Role", "ClusterRole"):
        found = want(item, ("roleRef", "name"), kind, role.get("name"))
        if found is not None:
            yield found, "binds", "it grants nothing"
    for at, subject in items(item.data.get("subjects")):
        if subject.get("kind") != "ServiceAccount" or group_of(str(subject.get("apiVersion") or "")):
            continue
        namespace = subject.get("namespace") or item.namespace
        path = ("subjects", at, "name")
        account = want(item, path, "ServiceAccount", subject.get("name"), namespace=namespace)
        if account is not None:
            yield account, "grants its role to", "nobody has what it grants"
