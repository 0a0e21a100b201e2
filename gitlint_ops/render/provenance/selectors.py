"""Whether a kustomization's target, or a patch's own identity, means an object (kustomize api/types/selector.go)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitlint_ops.render.provenance.identity import Identity

_REQUIREMENT = re.compile(r"\s*(!?)\s*([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([^)]*)\))?\s*(?:,|$)")


def selects(target: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a ``target`` (regular expressions of kind, name, …; selectors) means the object."""
    group, _, version = identity.object.api_version.rpartition("/")
    plain = {
        "group": (group,),
        "version": (version,),
        "kind": (identity.object.kind,),
        "namespace": identity.namespaces(),
    }
    if not all(_matches(target.get(field), values) for field, values in plain.items()):
        return False
    if not _matches(target.get("name"), identity.names()) and not identity.named(str(target.get("name") or "")):
        return False
    return _selected(target.get("labelSelector"), identity.tags("labels")) and _selected(
        target.get("annotationSelector"), identity.tags("annotations")
    )


def _matches(pattern: Any, values: tuple[str, ...]) -> bool:
    if not pattern:
        return True
    try:
        compiled = re.compile(str(pattern))
    except re.error:
        # Go's syntax that Python lacks: the plain text is what can still be compared.
        return str(pattern) in values
    return any(compiled.fullmatch(value) for value in values)


def _selected(selector: Any, tags: Mapping[str, str]) -> bool:
    """Whether tags satisfy a label selector, as apimachinery's labels.Parse reads it."""
    if not selector:
        return True
    return all(_satisfied(match, tags) for match in _REQUIREMENT.finditer(str(selector)))


def _satisfied(requirement: re.Match[str], tags: Mapping[str, str]) -> bool:
    absent, key, operator, value, set_operator, values = requirement.groups()
    if operator:
        return (tags.get(key) == value) == (operator != "!=")
    if set_operator:
        listed = {item.strip() for item in values.split(",")}
        return (tags.get(key) in listed) == (set_operator == "in")
    return (key in tags) != bool(absent)


def identifies(patch: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a strategic merge patch without target means the object: its own kind, group, name and namespace."""
    metadata = patch.get("metadata")
    if not isinstance(metadata, Mapping) or patch.get("kind") != identity.object.kind:
        return False
    group = str(patch.get("apiVersion") or "").rpartition("/")[0]
    namespace = metadata.get("namespace")
    return (
        group == identity.object.api_version.rpartition("/")[0]
        and identity.named(str(metadata.get("name")))
        and (not namespace or str(namespace) in identity.namespaces())
    )
