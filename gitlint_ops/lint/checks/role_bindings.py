"""The check that role bindings find their roles and the service accounts to which they give them."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import absence_of, is_told, violations
from gitlint_ops.lint.references.wants import GROUPS, Want, want
from gitlint_ops.lint.references.world import world_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import items, mapping

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_GROUP = GROUPS["Role"]
_ROLES = frozenset({"Role", "ClusterRole"})


def role_binding_dangling(context: CheckContext) -> Iterator[Violation]:
    """Report bindings of a role that is not there, or to a ServiceAccount that is not there."""
    wants = (wanted for item in context.of_kinds(_BINDINGS, (_GROUP,)) for wanted in _wants(item))
    found = (absence_of(context, wanted) for wanted in wants if not world_of(context).find(wanted))
    told = [absence for absence in found if absence is not None and is_told(context, absence)]
    yield from violations((a for a in told if a.wanted.kind in _ROLES), "binds", "it grants nothing")
    accounts = (absence for absence in told if absence.wanted.kind not in _ROLES)
    yield from violations(accounts, "grants its role to", "nobody has what it grants")


def _wants(item: RenderedObject) -> Iterator[Want]:
    role = mapping(item.data, "roleRef")
    kind = str(role.get("kind") or "")
    if kind in _ROLES:
        found = want(item, ("roleRef", "name"), kind, role.get("name"))
        if found is not None:
            yield found
    for at, subject in items(item.data.get("subjects")):
        if subject.get("kind") != "ServiceAccount" or group_of(str(subject.get("apiVersion") or "")):
            continue
        namespace = subject.get("namespace") or item.namespace
        account = want(item, ("subjects", at, "name"), "ServiceAccount", subject.get("name"), namespace=namespace)
        if account is not None:
            yield account
