"""Checks of what a controller is told not to look at: differences ignored wholesale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.repeated import Found, called, said_once
from gitlint_ops.lint.checks.sync_policy import option_path
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_CONTENT = frozenset({"data", "stringData", "binaryData"})
_WHOLE = frozenset(
    {
        "",
        "metadata",
        "rules",
        "spec",
        "spec/template",
        "spec/template/spec",
        "spec/template/spec/containers",
        "subjects",
        "webhooks",
    }
)
"""Places below which all of an object lies that its author decides."""
_PEOPLE = ("argocd-controller", "argocd-application-controller", "kubectl*", "helm", "before-first-apply")
"""Field managers behind which a person's or the controller's own changes stand."""


def ignore_differences_wide(context: CheckContext) -> Iterator[Violation]:
    """Report entries of ignoreDifferences and of Helm drift detection that hide whole objects or a person's changes."""
    applications = [d for d in context.deliveries if d.controller == "argocd"]
    found = [found for delivery in applications for found in _of_application(context, delivery)]
    yield from said_once(found, applications, "Applications here ignore differences widely")
    for delivery in context.deliveries:
        if delivery.kind == "HelmRelease":
            yield from _of_release(context, delivery)


def _of_application(context: CheckContext, delivery: Delivery) -> Iterator[Found]:
    entries = mapping(delivery.object, "spec").get("ignoreDifferences")
    kept = option_path(delivery, "RespectIgnoreDifferences=true") is not None
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            for path, what in wide_fields(entry):
                violation = Violation(_message(called(context, delivery), what, kept))
                yield delivery, at_field(context, delivery, ("spec", "ignoreDifferences", index, *path), violation)


def _message(who: str, what: str, kept: bool) -> str:
    stays = ", and no sync writes it any more (RespectIgnoreDifferences)" if kept else ""
    return (
        f"{who} ignores {what}: a change there in the cluster shows up nowhere and is never "
        f"mended{stays}. Name the one field that something else writes, of the one kind that has it"
    )


def wide_fields(entry: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str]]:
    """Give the fields of an ignoreDifferences entry that are wide, each with the words for what it hides."""
    kind = str(entry.get("kind") or "*")
    whose = f"every {kind}" if not entry.get("name") else f"{kind} {entry['name']}"
    whose = "every kind" if kind == "*" else whose
    for field in ("jsonPointers", "jqPathExpressions"):
        for index, text in enumerate(_texts(entry.get(field))):
            place = _place(text, field)
            if place in _WHOLE or (place in _CONTENT and not entry.get("name")):
                yield (field, index), f"{place.replace('/', '.') or 'everything'} of {whose} as a whole"
    for index, manager in enumerate(_texts(entry.get("managedFieldsManagers"))):
        if manager == "*" or any(fnmatchcase(manager, pattern) for pattern in _PEOPLE):
            yield ("managedFieldsManagers", index), f"all that the field manager '{manager}' sets in {whose}"


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _place(text: str, field: str) -> str:
    """Give a JSON pointer or a plain jq path as a path without list brackets; '?' for a jq expression beyond that."""
    if field == "jsonPointers":
        return text.strip("/")
    path = re.sub(r"\[\]|\?", "", text.strip()).strip(".")
    return path.replace(".", "/") if re.fullmatch(r"[\w.]*", path) else "?"


def _of_release(context: CheckContext, delivery: Delivery) -> Iterator[Violation]:
    """Judge ``driftDetection.ignore``: rules for a named object may be as wide as they like."""
    rules = mapping(delivery.object, "spec", "driftDetection").get("ignore")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        target = mapping(rule, "target") if isinstance(rule, Mapping) else {}
        if not isinstance(rule, Mapping) or target.get("name"):
            continue
        for at, text in enumerate(_texts(rule.get("paths"))):
            if text.strip("/") in _WHOLE | _CONTENT:
                whose = f"every {target['kind']}" if target.get("kind") else "every object"
                what = f"{text.strip('/').replace('/', '.') or 'everything'} of {whose} as a whole"
                path = ("spec", "driftDetection", "ignore", index, "paths", at)
                yield at_field(
                    context, delivery, path, Violation(_message(called(context, delivery), what, kept=False))
                )
