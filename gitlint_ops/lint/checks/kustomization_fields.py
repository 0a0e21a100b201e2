"""Checks of the fields of kustomization files: those that Kustomize wants replaced, with the replacement as a fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Edit, Fix, Violation
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source.model import FieldPath, Span

_ADVICE = {
    "bases": "list the folders under resources",
    "commonLabels": "write labels with includeSelectors: true, or without it where selectors are to stay as they are",
    "patchesJson6902": "write them under patches, which take the same target",
    "patchesStrategicMerge": "write them under patches, as path or patch",
    "vars": "write replacements, which name source and targets",
}
_BETWEEN = {"commonAnnotations", "commonLabels", "labels", "namePrefix", "nameSuffix", "namespace"}
"""What is applied after ``patches`` and before ``patchesJson6902``."""
_Edits = list[Edit] | None


def kustomization_deprecated_field(context: CheckContext) -> Iterator[Violation]:
    """Report the fields that Kustomize will drop, with the edit where a plain one gives the same build."""
    for kustomization in context.graph.kustomizations.values():
        for field, advice in _ADVICE.items():
            if kustomization.data.get(field):
                span, exact = context.tree.nearest(kustomization.path, 0, (field,), on_key=True)
                yield Violation(
                    f"{field} is deprecated: {advice}",
                    span=span,
                    exact=exact,
                    deliveries=deliveries_of_folder(context, kustomization.folder),
                    fix=_fix(context, kustomization, field),
                )


def _fix(context: CheckContext, kustomization: Kustomization, field: str) -> Fix | None:
    make = _FIXES.get(field)
    edits = make(context, kustomization) if make else None
    return Fix(f"Replace {field}", tuple(edits)) if edits else None


def _of_bases(context: CheckContext, kustomization: Kustomization) -> _Edits:
    """Rename the field, or move its entries to the end of ``resources``, where Kustomize puts them itself."""
    if not kustomization.data.get("resources"):
        return None if "resources" in kustomization.data else _renamed(context, kustomization, "bases", "resources")
    lines = _plain_items(context, kustomization, "bases")
    there = _plain_items(context, kustomization, "resources")
    key = _key(context, kustomization, ("bases",))
    if not lines or not there or key is None or lines[0].line != key.line + 1 or not _is_first(key):
        return None
    if lines[-1].line - lines[0].line != len(lines) - 1 or lines[-1].line == len(context.tree.lines(key.path)):
        return None
    last = there[-1]
    dash = context.tree.line_text(last.path, last.line)[: last.column - 1]
    moved = "".join(f"\n{dash}{_text(context, span)}" for span in lines)
    return [
        Edit(last, _text(context, last) + moved),
        Edit(Span(key.path, key.line, 1, lines[-1].line + 1, 1), ""),
    ]


def _of_strategic_merge(context: CheckContext, kustomization: Kustomization) -> _Edits:
    """Rename the field and name each file as ``path``; inline patches would have to be indented anew."""
    edits = _to_patches(context, kustomization, "patchesStrategicMerge")
    items = kustomization.data["patchesStrategicMerge"]
    files = {r.field_path[1] for r in kustomization.references if r.role == "patchesStrategicMerge"}
    if edits is None or not isinstance(items, list) or files != set(range(len(items))):
        return None
    for index in range(len(items)):
        span = context.tree.span(kustomization.path, 0, ("patchesStrategicMerge", index))
        if span is None or span.line != span.end_line:
            return None
        text = _text(context, span)
        edits.append(Edit(span, f"path: {text}" if _is_dashed(context, span) else f"{{path: {text}}}"))
    return edits


def _of_json_patches(context: CheckContext, kustomization: Kustomization) -> _Edits:
    """Rename the field, where nothing runs between the two (kustomize, api/internal/target, the builtins' order)."""
    between = _BETWEEN & kustomization.data.keys()
    return None if between else _to_patches(context, kustomization, "patchesJson6902")


def _to_patches(context: CheckContext, kustomization: Kustomization, field: str) -> _Edits:
    """Rename a field to ``patches``, where no other field of patches could come to run in another order."""
    others = {"patches", "patchesJson6902", "patchesStrategicMerge"} - {field}
    return None if others & kustomization.data.keys() else _renamed(context, kustomization, field, "patches")


def _of_common_labels(context: CheckContext, kustomization: Kustomization) -> _Edits:
    """Wrap the pairs in an entry of ``labels`` that changes selectors too."""
    key = _key(context, kustomization, ("commonLabels",))
    pairs = kustomization.data["commonLabels"]
    if key is None or not _is_first(key) or "labels" in kustomization.data or not isinstance(pairs, Mapping):
        return None
    edits = [Edit(key, "labels:\n  - includeSelectors: true\n    pairs")]
    value = context.tree.span(kustomization.path, 0, ("commonLabels",))
    if value is not None and value.line == key.line:
        return edits if value.line == value.end_line else None
    for name in pairs:
        span = _key(context, kustomization, ("commonLabels", name))
        after = context.tree.span(kustomization.path, 0, ("commonLabels", name))
        if span is None or after is None or not (span.line == after.line == after.end_line):
            return None
        edits.append(Edit(span, f"    {_text(context, span)}"))
    return edits


_FIXES: Mapping[str, Callable[[CheckContext, Kustomization], _Edits]] = {
    "bases": _of_bases,
    "commonLabels": _of_common_labels,
    "patchesJson6902": _of_json_patches,
    "patchesStrategicMerge": _of_strategic_merge,
}


def _renamed(context: CheckContext, kustomization: Kustomization, field: str, new: str) -> _Edits:
    key = _key(context, kustomization, (field,))
    return None if key is None or new in kustomization.data else [Edit(key, new)]


def _key(context: CheckContext, kustomization: Kustomization, path: FieldPath) -> Span | None:
    return context.tree.span(kustomization.path, 0, path, on_key=True)


def _is_first(key: Span) -> bool:
    """Whether a key stands at the start of its line: the file is a block mapping."""
    return key.column == 1


def _plain_items(context: CheckContext, kustomization: Kustomization, field: str) -> list[Span]:
    """Give the entries of a block list, each a scalar alone on its line; none where one is not."""
    items = kustomization.data.get(field)
    spans = [
        context.tree.span(kustomization.path, 0, (field, index))
        for index in range(len(items) if isinstance(items, list) else 0)
    ]
    found = [span for span in spans if span is not None and _is_alone(context, span)]
    return found if len(found) == len(spans) else []


def _is_alone(context: CheckContext, span: Span) -> bool:
    line = context.tree.line_text(span.path, span.line)
    return span.line == span.end_line and _is_dashed(context, span) and not line[span.end_column - 1 :].strip()


def _is_dashed(context: CheckContext, span: Span) -> bool:
    return context.tree.line_text(span.path, span.line)[: span.column - 1].strip() == "-"


def _text(context: CheckContext, span: Span) -> str:
    return context.tree.line_text(span.path, span.line)[span.column - 1 : span.end_column - 1]
