"""Checks of overlays and of what kustomizations and charts refer to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.overlay_size import OverlaySize, bases_of, leaves, size_of
from gitlint_ops.lint.checks.ownership import nearest_hint
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.model import Chart, Kustomization, Reference
from gitlint_ops.source.model import FieldPath, Json

_MIN_SHARE_FIELDS = 10
_MIN_BASE_FIELDS = 20
"""Below so many fields a share of the base says nothing: three fields of a ConfigMap's five are no burden."""
_ROLES = {
    "bases": "the base",
    "components": "the component",
    "configMapGenerator": "the generator's file",
    "configurations": "the configuration",
    "crds": "the CRD file",
    "dependencies": "the chart",
    "generators": "the generator",
    "helmCharts": "the chart",
    "patches": "the patch",
    "patchesJson6902": "the patch",
    "patchesStrategicMerge": "the patch",
    "replacements": "the replacement",
    "resources": "the resource",
    "secretGenerator": "the generator's file",
    "transformers": "the transformer",
    "validators": "the validator",
    "valuesFile": "the values file",
}


def oversized_overlay(context: CheckContext) -> Iterator[Violation]:
    """Report overlays whose patches outgrew their base, and values files that repeat most of a chart's values."""
    for kustomization in context.graph.kustomizations.values():
        size = size_of(context, kustomization)
        over = _over(context, size) if size is not None else []
        if size is not None and over:
            yield _oversized(context, kustomization, size, over)
    for chart in context.graph.charts.values():
        yield from _oversized_values(context, chart)


def _over(context: CheckContext, size: OverlaySize) -> list[str]:
    options = context.options
    found = []
    if size.patches > options["max_patches"]:
        found.append(f"{size.patches} patches (limit {options['max_patches']})")
    if size.fields > options["max_changed_fields"]:
        found.append(f"{size.fields} changed fields (limit {options['max_changed_fields']})")
    if size.lines > options["max_patch_lines"]:
        found.append(f"{size.lines} lines of patches (limit {options['max_patch_lines']})")
    is_telling = size.fields >= _MIN_SHARE_FIELDS and size.base_fields >= _MIN_BASE_FIELDS
    if size.share > options["max_share_of_base"] and is_telling:
        found.append(f"{size.share} % of the base's {size.base_fields} fields (limit {options['max_share_of_base']} %)")
    return found


def _oversized(context: CheckContext, kustomization: Kustomization, size: OverlaySize, over: list[str]) -> Violation:
    message = (
        f"this overlay has outgrown its base: {', '.join(over)}. Its {_does(size)} {size.fields} fields in "
        f"{size.lines} lines; move what the overlays share into the base or a component, and split what is left by "
        f"object"
    )
    span, _ = context.tree.nearest(kustomization.path, 0, (size.first_field,), on_key=True)
    related = tuple(
        Related(context.tree.line_span(context.graph.kustomizations[base].path, 1), "the base")
        for base in dict.fromkeys(bases_of(context, kustomization))
    )
    return Violation(
        message, span=span, deliveries=deliveries_of_folder(context, kustomization.folder), related=related
    )


def _does(size: OverlaySize) -> str:
    return "1 patch sets" if size.patches == 1 else f"{size.patches} patches set"


def _oversized_values(context: CheckContext, chart: Chart) -> Iterator[Violation]:
    base = f"{chart.folder}/values.yaml" if chart.folder != "." else "values.yaml"
    limit = context.options["max_share_of_values"]
    defaults = _value_of(context, base)
    total = leaves(defaults) if defaults else 0
    for file in chart.values_files if total else ():
        same = overridden(_value_of(context, file.path), defaults)
        share = round(100 * same / total)
        if share > limit and same >= _MIN_SHARE_FIELDS:
            message = (
                f"{file.path} sets {same} of the {total} values of the chart's values.yaml ({share} %, limit {limit} %)"
                f"; keep only what differs in this environment, and change the defaults where all environments agree"
            )
            span = context.tree.line_span(file.path, _first_line(context, file.path))
            environments = (file.environment,) if file.environment else ()
            yield Violation(message, span=span, environments=environments)


def _first_line(context: CheckContext, path: str) -> int:
    documents = context.tree.read(path).documents
    return documents[0].line if documents else 1


def _value_of(context: CheckContext, path: str) -> Json:
    documents = context.tree.read(path).documents if context.tree.is_file(path) else ()
    return documents[0].value if documents else None


def overridden(value: Json, base: Json) -> int:
    """Count the leaf values of ``value`` that stand in ``base`` too, under the same keys."""
    if isinstance(value, Mapping) and isinstance(base, Mapping):
        return sum(overridden(item, base[key]) for key, item in value.items() if key in base)
    return leaves(base) if value is not None else 0


def missing_file(context: CheckContext) -> Iterator[Violation]:
    """Report references of kustomizations and charts to files and folders that are not in the repository."""
    for reference in context.rendering.broken_references:
        if not _is_piped(context, reference):
            yield _broken(context, reference)


def _is_piped(context: CheckContext, reference: Reference) -> bool:
    """Whether a chart's own rendering is meant: plugins run ``helm template > all.yaml`` before the build."""
    folder = reference.path.rpartition("/")[0]
    here = "/" not in reference.written.removeprefix("./")
    return here and reference.role == "resources" and "Chart.yaml" in context.tree.children(folder or ".")


def _broken(context: CheckContext, reference: Reference) -> Violation:
    what = _ROLES.get(reference.role, "the file")
    if reference.outside:
        message = f"{what} '{reference.written}' lies outside the repository, so the build fails"
    elif context.tree.is_folder(reference.target):
        message = f"{what} '{reference.written}' is a folder without a kustomization file, so the build fails"
    else:
        message = f"{what} '{reference.written}' is not there, so the build fails{_hint(context, reference)}"
    span, exact = context.tree.nearest(reference.path, reference.document, _field(reference))
    folder = reference.path.rpartition("/")[0] or "."
    return Violation(message, span=span, exact=exact, deliveries=deliveries_of_folder(context, folder))


def _field(reference: Reference) -> FieldPath:
    return reference.field_path


def _hint(context: CheckContext, reference: Reference) -> str:
    """Give the nearest name that is there, written as the reference is."""
    near = nearest_hint(context.tree, reference.target)
    if not near:
        return ""
    found = near.split("'")[1]
    folder = reference.written.rpartition("/")[0]
    if found.rpartition("/")[0] != reference.target.rpartition("/")[0]:
        return f"; did you mean '{_respelt(context, reference, found)}'?"
    shown = found.rpartition("/")[2]
    return f"; did you mean '{f'{folder}/{shown}' if folder else shown}'?"


def _respelt(context: CheckContext, reference: Reference, above: str) -> str:
    """Give the reference with the right spelling of a folder on its way, or that folder where the rest is not there."""
    rest = reference.target.split("/")[above.count("/") + 1 :]
    whole = "/".join((above, *rest))
    there = whole if context.tree.is_file(whole) or context.tree.is_folder(whole) else above
    shown = posixpath.relpath(there, posixpath.dirname(reference.path) or ".")
    return f"./{shown}" if reference.written.startswith("./") else shown
