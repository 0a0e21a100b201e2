"""Checks of who owns what: deliveries whose source or project is not there."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Delivery, SourceRef
from gitlint_ops.source import SourceTree

_ALIKE = 0.75
"""How alike two names are of which one is taken for a misspelling of the other."""


def application_source_missing(context: CheckContext) -> Iterator[Violation]:
    """Report deliveries whose path, values file, chart or AppProject is not in this repository."""
    for delivery in context.deliveries:
        for source in delivery.sources:
            if source.missing:
                yield _missing(context, delivery, source)
    yield from _missing_projects(context)


def _missing(context: CheckContext, delivery: Delivery, source: SourceRef) -> Violation:
    """Point at the field that names what is not there, else at the source."""
    what = _what(source)
    hint = nearest_hint(context.tree, source.missing)
    message = f"{what} '{source.missing}' is not in this repository, so the {delivery.kind} cannot be deployed{hint}"
    field_path = source.missing_field or (*source.field_path, "path")
    return at_field(context, delivery, field_path, Violation(message))


def _what(source: SourceRef) -> str:
    names = [str(step) for step in source.missing_field]
    if "valueFiles" in names or "valuesFiles" in names:
        return "the values file"
    if "chart" in names[-1:]:
        return "the chart"
    return "the file" if posixpath.splitext(source.missing)[1] else "the path"


def nearest_hint(tree: SourceTree, path: str) -> str:
    """Give ``; did you mean 'x'?`` where a sibling has a similar name, a mention of what is there where none has."""
    folder, name = posixpath.split(path)
    while folder and not tree.is_folder(folder):
        folder, name = posixpath.split(folder)
    here = folder or "."
    names = [*tree.children(here), *tree.subfolders(here)]
    stems = {posixpath.splitext(other)[0]: other for other in names}
    near = difflib.get_close_matches(posixpath.splitext(name)[0], stems, 1, _ALIKE)
    close = [stems[stem] for stem in near]
    return f"; did you mean '{posixpath.join(folder, close[0])}'?" if close else ""


def _missing_projects(context: CheckContext) -> Iterator[Violation]:
    """Judge projects where the repository declares most that it uses, or one that is spelt alike."""
    known = frozenset(_project_names(context))
    used = [d for d in context.deliveries if d.kind == "Application" and d.project not in ("", "default")]
    names = {d.project for d in used}
    declares_most = 2 * len(names & known) > len(names)
    for delivery in used:
        project = delivery.project
        close = difflib.get_close_matches(project, sorted(known), 1, _ALIKE)
        if project in known or "{{" in project or not (close or declares_most):
            continue
        hint = f"did you mean '{close[0]}'?" if close else f"declared are {', '.join(sorted(known)[:5])}"
        message = f"the AppProject '{project}' is not declared in this repository, which declares others; {hint}"
        yield at_field(context, delivery, ("spec", "project"), Violation(message))


def _project_names(context: CheckContext) -> Iterator[str]:
    for document in context.tree.documents():
        if document.is_object and document.value["kind"] == "AppProject":
            yield _name(document.value)
    for item in context.of_kinds(("AppProject",)):
        yield item.name


def _name(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
