"""Whether a kustomization's target, or a patch's own identity, means an object (kustomize api/types/selector.go)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from gitlint_ops.render.provenance.identity import Identity

_REQUIREMENT = re.compile(r"\s*(!?)\s*([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([^)]*)\))?\s*(?:,|$)")

_ESCAPED = re.compile(r"\\.|\[[^\]]*\]", re.DOTALL)
_REPEATS = re.compile(r"[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_MAX_CHOICES = 3
"""How many repetitions, and how many groups, a hostile expression may have before matching it could take ages."""


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
    return not pattern or matches_any(str(pattern), values)


def matches_any(pattern: str, values: Iterable[str]) -> bool:
    """Whether a repository's regular expression matches one of some texts as a whole.

    One that Python does not know (Go's syntax is another) or would take ages over (Go's matcher never goes back,
    Python's does) is compared as a plain text.
    """
    compiled = _compiled(pattern)
    return any(compiled.fullmatch(value) if compiled else value == pattern for value in values)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    plain = _ESCAPED.sub("x", pattern).replace("(?", "(")
    many = max(len(_REPEATS.findall(plain)), plain.count("(")) > _MAX_CHOICES
    if many or _REPEATED_GROUP.search(plain):
        return None
    try:
        with warnings.catch_warnings():
            # What Python warns of, such as [[, it may read otherwise than Go one day.
            warnings.simplefilter("error", FutureWarning)
            return re.compile(pattern)
    except (re.error, OverflowError, FutureWarning):
        return None


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
