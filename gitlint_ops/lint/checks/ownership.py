"""Checks of who owns what: deliveries whose source or project is not there."""

from __future__ import annotations

import difflib
import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field, at_generator
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Delivery, Generator, SourceRef
from gitlint_ops.source import FieldPath, SourceTree
from gitlint_ops.source.narrowing import mapping

_ALIKE = 0.75
"""How alike two names are of which one is taken for a misspelling of the other."""

_MISSPELT = 0.9
"""As alike as this are a name and its misspelling, where both could as well be names of their own."""
_FLUX_REFERENCES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "Kustomization": (("spec", "sourceRef"),),
    "HelmRelease": (("spec", "chart", "spec", "sourceRef"), ("spec", "chartRef")),
}
_FLUX_SOURCE_GROUPS = frozenset({"source.toolkit.fluxcd.io", "source.extensions.fluxcd.io"})
_MOST_NAMED = 3
_Case = tuple[Delivery, SourceRef]


def application_source_missing(context: CheckContext) -> Iterator[Violation]:
    """Report deliveries whose path, values file, chart or AppProject is not in this repository.

    What a template gives to several Applications is one finding, at the template.
    """
    cases: dict[tuple[str, FieldPath], list[_Case]] = {}
    for delivery in context.deliveries:
        for source in delivery.sources:
            if source.missing:
                field_path = source.missing_field or (*source.field_path, "path")
                cases.setdefault((delivery.generator or delivery.id, field_path), []).append((delivery, source))
    for (_, field_path), found in cases.items():
        yield _missing(context, field_path, found)
    for generator in context.graph.generators.values():
        yield from _unmatched(context, generator)
    yield from _missing_projects(context)
    yield from _missing_flux_sources(context)
    yield from _misplaced_flux_sources(context)


def _missing(context: CheckContext, field_path: FieldPath, found: Sequence[_Case]) -> Violation:
    """Point at the field that names what is not there, else at the source."""
    delivery, source = found[0]
    what = _what(source)
    missing = sorted({source.missing for _, source in found})
    if len(missing) == 1:
        hint = nearest_hint(context.tree, source.missing)
        message = (
            f"{what} '{source.missing}' is not in this repository, so the {delivery.kind} cannot be deployed{hint}"
        )
    else:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        named = ", ".join(f"'{name}'" for name in missing[:_MOST_NAMED])
        message = f"{what}s {named}{more} are not in this repository, so {len(found)} Applications cannot be deployed"
    deliveries = tuple(delivery for delivery, _ in found)
    return at_field(context, delivery, field_path, Violation(message, deliveries=deliveries))


def _unmatched(context: CheckContext, generator: Generator) -> Iterator[Violation]:
    """Report patterns of git generators that match nothing; one of several is a warning, the others may suffice."""
    is_empty = not generator.deliveries and not generator.unanswered
    for field_path, pattern in generator.unmatched:
        if "{{" in pattern:
            continue
        what = "file" if "files" in field_path else "folder"
        literal = not set(pattern) & set("*?[{")
        hint = nearest_hint(context.tree, posixpath.normpath(pattern.strip("/"))) if literal else ""
        message = f"the git generator's '{pattern}' matches no {what} of this repository: it gives no Application{hint}"
        yield at_generator(context, generator, field_path, Violation(message, severity=None if is_empty else "warning"))


def _what(source: SourceRef) -> str:
    names = [str(step) for step in source.missing_field]
    if "valueFiles" in names or "valuesFiles" in names:
        return "the values file"
    if "chart" in names[-1:]:
        return "the chart"
    return "the file" if posixpath.splitext(source.missing)[1] else "the path"


def nearest_hint(tree: SourceTree, path: str) -> str:
    """Give ``; did you mean 'x'?`` where a sibling of the first part that is not there has a similar name, else ''.

    What follows in the path must be there too.
    """
    folder, name = posixpath.split(path)
    while folder and not tree.is_folder(folder):
        folder, name = posixpath.split(folder)
    rest = path.removeprefix(posixpath.join(folder, name)).strip("/")
    here = folder or "."
    names = [*tree.children(here), *tree.subfolders(here)]
    stems = {posixpath.splitext(other)[0]: other for other in names}
    near = difflib.get_close_matches(posixpath.splitext(name)[0], stems, 1, _ALIKE)
    meant = posixpath.join(folder, stems[near[0]], rest).rstrip("/") if near else ""
    return f"; did you mean '{meant}'?" if tree.is_folder(meant) or tree.is_file(meant) else ""


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


def _missing_flux_sources(context: CheckContext) -> Iterator[Violation]:
    """Report a source that no object declares, where one of its kind is spelt alike: others may be in the cluster."""
    known = context.once("flux-sources", lambda: _flux_sources(context))
    for delivery in context.deliveries:
        for field_path in _FLUX_REFERENCES.get(delivery.kind, ()) if delivery.controller == "flux" else ():
            reference = mapping(delivery.object, *field_path)
            kind, name = str(reference.get("kind", "")), str(reference.get("name", ""))
            close = difflib.get_close_matches(name, known.get(kind, ()), 1, _MISSPELT)
            if close and close[0] != name:
                message = (
                    f"no object in this repository declares the {kind} '{name}', so the {delivery.kind} cannot be "
                    f"deployed; did you mean '{close[0]}'?"
                )
                yield at_field(context, delivery, (*field_path, "name"), Violation(message))


def _misplaced_flux_sources(context: CheckContext) -> Iterator[Violation]:
    """Report a source in a namespace that is a misspelling of the one in which others name that source."""
    references = list(_flux_references(context))
    uses = Counter(source for _, _, source in references)
    uses.update((item.kind, item.name, item.namespace) for item in context.objects if _is_flux_source(item.api_version))
    for delivery, field_path, source in references:
        kind, name, namespace = source
        others = [other[2] for other, count in uses.items() if other[:2] == source[:2] and count > uses[source]]
        close = difflib.get_close_matches(namespace, others, 1, _MISSPELT)
        if close:
            message = (
                f"no object in this repository declares the {kind} '{name}' in the namespace '{namespace}', so the "
                f"{delivery.kind} cannot be deployed; did you mean '{close[0]}'?"
            )
            yield at_field(context, delivery, (*field_path, "namespace"), Violation(message))


def _flux_references(context: CheckContext) -> Iterator[tuple[Delivery, FieldPath, tuple[str, str, str]]]:
    """Give each source that a delivery names with its namespace: the delivery, the field, and kind, name, namespace."""
    for delivery in context.deliveries:
        for field_path in _FLUX_REFERENCES.get(delivery.kind, ()) if delivery.controller == "flux" else ():
            reference = mapping(delivery.object, *field_path)
            source = (str(reference.get("kind")), str(reference.get("name")), str(reference.get("namespace", "")))
            if source[2]:
                yield delivery, field_path, source


def _is_flux_source(api_version: str) -> bool:
    return api_version.partition("/")[0] in _FLUX_SOURCE_GROUPS


def _flux_sources(context: CheckContext) -> Mapping[str, Sequence[str]]:
    """Give the names of Flux's source objects by kind, those in files and those that a rendering gives."""
    objects = [document.value for document in context.tree.objects()]
    objects += [item.data for item in context.objects]
    found: dict[str, set[str]] = {}
    for data in objects:
        if _is_flux_source(str(data.get("apiVersion"))):
            found.setdefault(str(data.get("kind")), set()).add(_name(data))
    return {kind: sorted(names) for kind, names in found.items()}


def _project_names(context: CheckContext) -> Iterator[str]:
    for document in context.tree.objects():
        if document.value["kind"] == "AppProject":
            yield _name(document.value)
    for item in context.of_kinds(("AppProject",)):
        yield item.name


def _name(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
