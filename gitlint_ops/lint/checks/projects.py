"""Checks of AppProjects: what they permit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_GROUP = "argoproj.io"
Width = tuple[FieldPath, str, str]
"""The field that permits everything of a sort, the option that judges it, and the words for it."""


def project_too_wide(context: CheckContext) -> Iterator[Violation]:
    """Report AppProjects with ``*`` in source repositories, destinations or cluster-scoped kinds."""
    for item in context.of_kinds(("AppProject",), (_GROUP,)):
        if any(fnmatchcase(item.name, glob) for glob in context.options["allow"]):
            continue
        wide = [width for width in widths_of(item.data) if width[1] in context.options["judge"]]
        if wide:
            fields = tuple((item, path, f"permits {text}") for path, _, text in wide[1:])
            # A team's own namespaces bound what any repository can do; that is a matter of taste.
            only_sources = [kind for _, kind, _ in wide] == ["sources"]
            yield Violation(
                _message(item.name, [text for _, _, text in wide]),
                object=item,
                field_path=wide[0][0],
                severity="info" if only_sources else None,
                related_fields=fields,
            )


def _message(name: str, words: list[str]) -> str:
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
    return f"AppProject {name} permits {listed}, so nothing there holds a mistaken Application back; name what it needs"


def widths_of(data: Mapping[str, Any]) -> list[Width]:
    """Give the wide fields of an AppProject, each sort once; a list that also denies something (``!``) is not wide."""
    spec = mapping(data, "spec")
    found = (_sources(spec.get("sourceRepos")), _destinations(spec.get("destinations")), _kinds(spec))
    return [width for width in found if width is not None]


def _sources(value: Any) -> Width | None:
    repositories = value if isinstance(value, list) else []
    if "*" not in repositories or any(str(item).startswith("!") for item in repositories):
        return None
    return ("spec", "sourceRepos", repositories.index("*")), "sources", "every source repository"


def _destinations(value: Any) -> Width | None:
    entries = [entry if isinstance(entry, Mapping) else {} for entry in value] if isinstance(value, list) else []
    if any(str(text).startswith("!") for entry in entries for text in entry.values()):
        return None
    wide = [index for index, entry in enumerate(entries) if entry.get("namespace") == "*"]
    anywhere = [index for index in wide if "*" in (entries[index].get("server"), entries[index].get("name"))]
    if anywhere:
        return ("spec", "destinations", anywhere[0], "namespace"), "destinations", "every namespace of every cluster"
    if wide:
        entry = entries[wide[0]]
        where = entry.get("name") or entry.get("server") or "its cluster"
        words = f"every namespace of {where}"
        return ("spec", "destinations", wide[0], "namespace"), "destinations", words
    return None


def _kinds(spec: Mapping[str, Any]) -> Width | None:
    value = spec.get("clusterResourceWhitelist")
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, Mapping) and entry.get("group") == "*" and entry.get("kind") == "*":
            if spec.get("clusterResourceBlacklist"):
                return None
            return ("spec", "clusterResourceWhitelist", index, "kind"), "cluster_kinds", "every cluster-scoped kind"
    return None
