"""Checks of deliveries that wait: paused, suspended, frozen, and nobody is told why or until when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field, rendered_declaration
from gitlint_ops.lint.checks.repeated import called, declaration_of
from gitlint_ops.lint.checks.sync_windows import blocks_always
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.suppression.directive import Today
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import Document, Span
from gitlint_ops.source.narrowing import mapping

REASON = "gitlint-ops.dev/paused-reason"
UNTIL = "gitlint-ops.dev/paused-until"
_SKIP = "argocd.argoproj.io/skip-reconcile"
_RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile"
_SOURCES = frozenset({"Bucket", "ExternalArtifact", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"})
_COMMENTED = re.compile(r"^\s*#+\s*automated:")
_LONGEST_REASON = 80


@dataclass(frozen=True, slots=True)
class _Pause:
    """Something that waits: a violation at its place whose message says what waits, and the annotations about it."""

    violation: Violation
    annotations: Mapping[str, Any]


def auto_sync_paused(context: CheckContext) -> Iterator[Violation]:
    """Report what is paused in Git without a reason and an end, or whose end is over."""
    for pause in (*_deliveries(context), *_sources(context), *_objects(context), *_projects(context)):
        message, ended = _complaint(pause.annotations, context.options["require"], context.tree.today)
        if message:
            text = f"{pause.violation.message}{message}"
            yield replace(pause.violation, message=text, severity="error" if ended else None)


# What is paused


def _deliveries(context: CheckContext) -> Iterator[_Pause]:
    mostly_automated = _mostly_automated(context)
    for delivery in context.deliveries:
        if delivery.controller == "flux" and delivery.sync.suspended:
            text = f"{called(context, delivery)} is suspended"
            yield _at(context, delivery, ("spec", "suspend"), text)
        if delivery.controller == "argocd":
            yield from _application(context, delivery, mostly_automated)


def _application(context: CheckContext, delivery: Delivery, mostly_automated: bool) -> Iterator[_Pause]:
    what = called(context, delivery)
    if delivery.sync.suspended:
        yield _at(
            context, delivery, ("spec", "syncPolicy", "automated", "enabled"), f"{what} has its sync switched off"
        )
    elif mostly_automated and not delivery.sync.automated:
        span = _commented_out(context, delivery)
        if span is not None:
            text = f"{what} has its automated sync commented out, where most Applications have it,"
            yield _Pause(Violation(text, span=span, deliveries=(delivery,)), _annotations(context, delivery))
    if str(_annotations_of(delivery.object).get(_SKIP)).lower() == "true":
        text = f"Argo CD skips {what} altogether (skip-reconcile)"
        yield _at(context, delivery, ("metadata", "annotations", _SKIP), text)


def _at(context: CheckContext, delivery: Delivery, field_path: tuple[str, ...], text: str) -> _Pause:
    return _Pause(at_field(context, delivery, field_path, Violation(text)), _annotations(context, delivery))


def _annotations(context: CheckContext, delivery: Delivery) -> Mapping[str, Any]:
    """Give a delivery's annotations, over those of the ApplicationSet that generates it."""
    generator = context.graph.generators.get(delivery.generator)
    above = _annotations_of(generator.object) if generator is not None else {}
    return {**above, **_annotations_of(delivery.object)}


def _annotations_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(data, "metadata", "annotations")


def _mostly_automated(context: CheckContext) -> bool:
    """Whether automated sync is the rule here: where it is not, an Application without it is not paused."""
    applications = {declaration_of(d): d.sync.automated for d in context.deliveries if d.kind == "Application"}
    return 2 * sum(applications.values()) > len(applications)


def _commented_out(context: CheckContext, delivery: Delivery) -> Span | None:
    """Give the commented line that would switch automated sync on, in the document that declares a delivery."""
    document = _document(context, delivery)
    if document is None:
        return None
    for line in range(document.line, document.end_line + 1):
        if _COMMENTED.match(context.tree.line_text(document.path, line)):
            return context.tree.line_span(document.path, line)
    return None


def _document(context: CheckContext, delivery: Delivery) -> Document | None:
    if delivery.document is not None:
        path, index = delivery.document
        return context.tree.read(path).documents[index]
    declared = rendered_declaration(context, delivery)
    if declared is None or not declared.source_path:
        return None
    return document_at(context.tree, Span(declared.source_path, max(declared.source_line, 1)))


def _sources(context: CheckContext) -> Iterator[_Pause]:
    for item in context.of_kinds(_SOURCES, ("source.toolkit.fluxcd.io",)):
        if mapping(item.data, "spec").get("suspend") is True:
            text = f"{item.label} is suspended, so all that is built from it keeps its last revision,"
            violation = Violation(text, object=item, field_path=("spec", "suspend"))
            yield _Pause(violation, _annotations_of(item.data))


def _objects(context: CheckContext) -> Iterator[_Pause]:
    for item in context.objects:
        annotations = _annotations_of(item.data) if item.delivery.controller == "flux" else {}
        if str(annotations.get(_RECONCILE)).lower() == "disabled":
            violation = Violation(
                f"{item.label} is left out of each reconciliation (reconcile: disabled)",
                object=item,
                field_path=("metadata", "annotations", _RECONCILE),
            )
            yield _Pause(violation, annotations)


def _projects(context: CheckContext) -> Iterator[_Pause]:
    for item in context.of_kinds(("AppProject",), ("argoproj.io",)):
        windows = mapping(item.data, "spec").get("syncWindows")
        for index, window in enumerate(windows if isinstance(windows, list) else ()):
            if isinstance(window, Mapping) and window.get("kind") == "deny" and blocks_always(window):
                violation = Violation(
                    f"AppProject {item.name} has a deny window that never closes, so its Applications do not sync,",
                    object=item,
                    field_path=("spec", "syncWindows", index, "schedule"),
                )
                yield _Pause(violation, _annotations_of(item.data))


# What is said about it


def _complaint(annotations: Mapping[str, Any], required: list[str], today: Today) -> tuple[str, bool]:
    """Give what is wrong with what the annotations say of a pause ('' for nothing), and whether its end is over."""
    reason, until = (str(annotations.get(name) or "").strip() for name in (REASON, UNTIL))
    end = _date(until)
    if end is not None and end < today():
        why = f" (reason given: {reason[:_LONGEST_REASON]})" if reason else ""
        return f" since before {until}, when the pause was to end{why}. {_RESUME} decide anew and set {UNTIL}", True
    if until and end is None:
        return f" until '{until[:20]}', which is no date. Write {UNTIL} as YYYY-MM-DD", False
    missing = [word for word, value in (("reason", reason), ("until", until)) if word in required and not value]
    if not missing:
        return "", False
    lacks = {"reason": "a reason", "until": "an end"}
    names = {"reason": f"{REASON}: why", "until": f"{UNTIL}: YYYY-MM-DD"}
    return (
        f" without {' and '.join(lacks[word] for word in missing)}: merged changes do not reach the cluster, drift "
        f"stays, and nothing reminds anybody. {_RESUME} annotate it "
        f"{' and '.join(names[word] for word in missing)}"
    ), False


_RESUME = "Resume it, or"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        # What is no date is reported as such.
        return None
