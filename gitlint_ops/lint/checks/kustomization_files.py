"""Checks of kustomization files themselves: fields, types, how many of them a folder has."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.builds import built
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.edits import renamed_key
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Effect, Fix, Related, Violation
from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.kustomization import kustomization_faults
from gitlint_ops.repo.kustomizations import FILE_NAMES
from gitlint_ops.repo.model import Kustomization, KustomizeUnit
from gitlint_ops.source import FieldPath

_EMPTY = "kustomization.yaml is empty"
_Shape = tuple[FieldPath, bool]


def invalid_kustomization(context: CheckContext) -> Iterator[Violation]:
    """Report kustomization files that Kustomize refuses, or of which it reads a part only."""
    for kustomization in context.graph.kustomizations.values():
        yield from _several_files(context, kustomization)
        yield from _several_documents(context, kustomization)
        for fault, more in _distinct(kustomization):
            yield _refused(context, kustomization, fault, more)
    yield from _empty(context)


def _several_files(context: CheckContext, kustomization: Kustomization) -> Iterator[Violation]:
    names = [name for name in FILE_NAMES if name in context.tree.children(kustomization.folder)]
    if len(names) > 1:
        here = "" if kustomization.folder == "." else f"{kustomization.folder}/"
        yield Violation(
            f"this folder has {' and '.join(names)}: Kustomize cannot tell which one counts and refuses it; keep one",
            span=context.tree.line_span(kustomization.path, 1),
            deliveries=deliveries_of_folder(context, kustomization.folder),
            related=tuple(Related(context.tree.line_span(here + name, 1), "the other one") for name in names[1:]),
        )


def _several_documents(context: CheckContext, kustomization: Kustomization) -> Iterator[Violation]:
    documents = context.tree.read(kustomization.path).documents
    if len(documents) > 1:
        yield Violation(
            "Kustomize reads the first document of a kustomization file only: what stands here has no effect; move it "
            "up into the first one",
            span=context.tree.line_span(kustomization.path, documents[1].line),
            deliveries=deliveries_of_folder(context, kustomization.folder),
            severity="warning",
        )


def _distinct(kustomization: Kustomization) -> Iterator[tuple[Fault, int]]:
    """Give the faults, of those that the items of one list share the first, with the number of the others."""
    found: dict[_Shape, list[Fault]] = {}
    for fault in kustomization_faults(kustomization.data):
        shape = tuple("*" if isinstance(step, int) else step for step in fault.field_path)
        found.setdefault((shape, fault.on_key), []).append(fault)
    for faults in found.values():
        yield faults[0], len(faults) - 1


def _refused(context: CheckContext, kustomization: Kustomization, fault: Fault, more: int) -> Violation:
    span, exact = context.tree.nearest(kustomization.path, 0, fault.field_path, on_key=fault.on_key)
    others = f" (and {more} more like it)" if more else ""
    effect = "Flux drops it without a word" if _is_dropped(context, kustomization, fault) else "the build fails"
    text = f"{fault.message}{_older_form(kustomization, fault)}{others}"
    return Violation(
        f"{text} {effect[0].upper()}{effect[1:]}" if text.endswith("?") else f"{text}; {effect}",
        span=span,
        exact=exact and fault.exact,
        deliveries=deliveries_of_folder(context, kustomization.folder),
        fix=None if more else _respelt(context, kustomization, fault),
    )


def _respelt(context: CheckContext, kustomization: Kustomization, fault: Fault) -> Fix | None:
    """Write the field that a misspelt one is meant for; what it then adds to the build, only its author can tell."""
    document = context.tree.read(kustomization.path).documents[0]
    edit = renamed_key(context.tree, document, fault.field_path, fault.nearest) if fault.nearest else None
    if edit is None:
        return None
    return Fix(f"Write {fault.nearest} for {fault.field_path[-1]}", (edit,), safe=False, effect=Effect(renders=True))


def _older_form(kustomization: Kustomization, fault: Fault) -> str:
    """Give how to write today what Kustomize took before version 5: ``patches`` as a list of files."""
    if fault.field_path[:1] != ("patches",) or len(fault.field_path) != 2 or fault.on_key:
        return ""
    written = kustomization.data["patches"][fault.field_path[1]]
    return f"; write '- path: {written}'" if isinstance(written, str) and "\n" not in written else ""


def _is_dropped(context: CheckContext, kustomization: Kustomization, fault: Fault) -> bool:
    """Whether nothing but Flux reads this file, and as the top of a build: it decodes that one without being strict."""
    deliveries = deliveries_of_folder(context, kustomization.folder)
    units = [unit for delivery in deliveries for unit in delivery.units if isinstance(unit, KustomizeUnit)]
    tops = all(unit.flux is not None and unit.path == kustomization.folder for unit in units)
    return fault.on_key and bool(units) and tops


def _empty(context: CheckContext) -> Iterator[Violation]:
    """Report the empty kustomizations behind failed builds, each once."""
    failed = [item for _, item in context.rendering.unrendered if item.failed and _EMPTY in item.reason]
    entered = {k.folder: k for item in failed for k in built(item, context) if _is_empty(k)}
    for folder, kustomization in entered.items():
        yield Violation(
            "this kustomization is empty, and Kustomize refuses to build it; list what belongs to it under resources, "
            "or remove the folder and what refers to it",
            span=context.tree.line_span(kustomization.path, 1),
            deliveries=deliveries_of_folder(context, folder),
        )


def _is_empty(kustomization: Kustomization) -> bool:
    """Say whether Kustomize calls a file empty: it has nothing beside its kind (api/types, CheckEmpty)."""
    return all(value in (None, "") for key, value in kustomization.data.items() if key not in ("apiVersion", "kind"))
