"""Checks of the controllers' own objects, of what their schemas cannot say: Applications, ApplicationSets, Flux."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.controller_words import application_words, object_words
from gitlint_ops.lint.checks.declarations import at_field, at_generator, rendered_declaration
from gitlint_ops.lint.checks.embedded_values import has_broken_values
from gitlint_ops.lint.checks.flux_objects import kustomization_problems, release_problems
from gitlint_ops.lint.checks.parameter_names import unknown_parameters
from gitlint_ops.lint.checks.problems import Problem
from gitlint_ops.lint.checks.project_limits import beyond_project
from gitlint_ops.lint.checks.schema import judged_objects
from gitlint_ops.lint.checks.until_installed import until_installed
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.lint.schemas import UnknownKind
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import INVALID_OBJECT, Delivery, Generator
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import mapping

_REF = re.compile(r"^[A-Za-z0-9_-]+$")
_REFERENCE = re.compile(r"^\$(?P<name>[A-Za-z0-9_-]+)/")
_DESTINATION = frozenset({"server", "name", "namespace"})
"""The fields of a destination: another is one of them misspelt, which its schema says."""
_ENVIRONMENT = ("ARGOCD_", "KUBE_")
"""How the names of the variables begin that Argo CD fills into values files' paths."""
_GO_TAG = re.compile(r"\{\{-?\s*[^{}]*(?<![\w)])\.[A-Za-z]")


def invalid_application(context: CheckContext) -> Iterator[Violation]:
    """Report what a controller refuses in its own objects, or ignores without a word, though their schemas take it."""
    yield from _refused(context)
    for delivery in context.deliveries:
        for problem in _problems(context, delivery):
            violation = Violation(
                f"{_label(context, delivery)}: {problem.text}", on_key=problem.on_key, severity=problem.severity
            )
            yield _judged(context, delivery, problem, at_field(context, delivery, problem.path, violation))
    for _, generator in sorted(context.graph.generators.items()):
        yield from _unfilled(context, generator)
        yield from _unknown(context, generator)
    yield from object_words(context)
    yield from beyond_project(context)


def _judged(context: CheckContext, delivery: Delivery, problem: Problem, violation: Violation) -> Violation:
    """Lower a violation to a note where the object that declares the delivery is of a chart with a value to set."""

    def has_problem(again: RenderedObject) -> bool:
        return any(other.path == problem.path for other in _problems(context, replace(delivery, object=again.data)))

    declaring = rendered_declaration(context, delivery)
    return until_installed(context, violation, declaring, has_problem) if declaring is not None else violation


def _refused(context: CheckContext) -> Iterator[Violation]:
    """Give what kept a delivery from being read at all."""
    for delivery, item in context.rendering.unrendered:
        if item.failed and item.error_kind == INVALID_OBJECT and not _is_said(context, delivery):
            label = _label(context, delivery) if delivery else "ApplicationSet"
            yield Violation(
                f"{label}: {without_user_info(item.reason)}",
                span=item.span,
                exact=item.exact,
                deliveries=(delivery,) if delivery else (),
            )


def _is_said(context: CheckContext, delivery: Delivery | None) -> bool:
    """Whether another rule names the cause: a wrong field of the declaring object, or values that are no YAML."""
    if delivery is not None and has_broken_values(context, delivery):
        return True
    faulty = context.once("applications.faulty", lambda: list(_misspelt(context)))
    return delivery is not None and any(data == delivery.object for data in faulty)


def _misspelt(context: CheckContext) -> Iterator[Mapping[str, Any]]:
    for judged in judged_objects(context):
        if not isinstance(judged.verdict, UnknownKind) and any(fault.on_key for fault in judged.verdict):
            yield judged.item.data


def _label(context: CheckContext, delivery: Delivery) -> str:
    generator = context.graph.generators.get(delivery.generator)
    return f"ApplicationSet {generator.name}" if generator else f"{delivery.kind} {delivery.name}"


def _problems(context: CheckContext, delivery: Delivery) -> Iterator[Problem]:
    spec = mapping(delivery.object, "spec")
    if delivery.kind == "Application":
        yield from _destination(spec)
        yield from _sources(spec)
        yield from application_words(delivery.object)
    elif delivery.kind == "Kustomization":
        yield from kustomization_problems(context, delivery)
    elif delivery.kind == "HelmRelease":
        yield from release_problems(context, delivery)


def _destination(spec: Mapping[str, Any]) -> Iterator[Problem]:
    destination = spec.get("destination")
    if not isinstance(destination, Mapping):
        return
    path: FieldPath = ("spec", "destination")
    if destination.get("server") and destination.get("name"):
        text = "its destination has both server and name, and Argo CD refuses it; keep one of them"
        yield Problem((*path, "name"), text)
    elif not destination.get("server") and not destination.get("name") and destination.keys() <= _DESTINATION:
        text = "its destination has neither server nor name, so Argo CD cannot tell the cluster; write name: in-cluster"
        yield Problem((*path, "server"), text)


def _sources(spec: Mapping[str, Any]) -> Iterator[Problem]:
    many = spec.get("sources")
    listed = many if isinstance(many, list) else []
    used = "sourceHydrator" if spec.get("sourceHydrator") else "sources" if listed else "source"
    for other in ("source", "sources"):
        if spec.get(other) and other != used:
            text = f"it has {used} too, which is what counts: Argo CD ignores {other}; remove one of them"
            yield Problem(("spec", other), text, on_key=True, severity="warning")
    if used == "sources":
        yield from _refs(listed)
        for at, source in enumerate(listed):
            yield from _source(source, ("spec", "sources", at), multiple=True)
    elif used == "source":
        yield from _source(spec.get("source"), ("spec", "source"), multiple=False)


def _refs(sources: list[Json]) -> Iterator[Problem]:
    names = [str(source.get("ref") or "") if isinstance(source, Mapping) else "" for source in sources]
    for at, name in enumerate(names):
        path: FieldPath = ("spec", "sources", at, "ref")
        if name and not _REF.match(name):
            yield Problem(path, f"the ref '{name}' may have letters, digits, '-' and '_' only")
        elif name and Counter(names[:at])[name]:
            yield Problem(path, f"two sources have the ref '{name}', and Argo CD refuses that")


def _source(source: Json, path: FieldPath, *, multiple: bool) -> Iterator[Problem]:
    if not isinstance(source, Mapping):
        return
    if source.get("chart") and source.get("path") and not str(source.get("repoURL", "")).startswith("oci://"):
        text = "its source has both chart and path: the chart counts, and Argo CD ignores the path; remove one of them"
        yield Problem((*path, "path"), text, on_key=True, severity="warning")
    helm = mapping(source, "helm")
    if helm.get("values") and helm.get("valuesObject") is not None:
        text = "it has valuesObject too, so Argo CD ignores values, and does not merge them; keep one of them"
        yield Problem((*path, "helm", "values"), text, on_key=True, severity="warning")
    files = helm.get("valueFiles")
    for at, name in enumerate(files if isinstance(files, list) and not multiple else ()):
        reference = _REFERENCE.match(name) if isinstance(name, str) else None
        if reference and not reference["name"].startswith(_ENVIRONMENT):
            text = (
                f"'{name}' means a source with ref: {reference['name']}, which spec.sources can have only; in "
                "spec.source it is an empty variable"
            )
            yield Problem((*path, "helm", "valueFiles", at), text)


def _unfilled(context: CheckContext, generator: Generator) -> Iterator[Violation]:
    """Report the first Go template tag in an ApplicationSet that fills in by the older syntax, which leaves it."""
    spec = mapping(generator.object, "spec")
    if spec.get("goTemplate") is True:
        return
    found = next(_tags(spec.get("template"), ("spec", "template")), None)
    if found is not None:
        path, tag = found
        text = (
            f"ApplicationSet {generator.name}: without goTemplate: true the tag {tag} is left as it stands; switch "
            "goTemplate on, or write the parameter without the dot"
        )
        deliveries = tuple(context.graph.deliveries[name] for name in generator.deliveries)
        yield replace(at_generator(context, generator, path, Violation(text)), deliveries=deliveries)


def _unknown(context: CheckContext, generator: Generator) -> Iterator[Violation]:
    for problem in unknown_parameters(generator):
        violation = Violation(f"ApplicationSet {generator.name}: {problem.text}")
        deliveries = tuple(context.graph.deliveries[name] for name in generator.deliveries)
        yield replace(at_generator(context, generator, problem.path, violation), deliveries=deliveries)


def _tags(value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        found = _GO_TAG.search(value)
        if found:
            yield path, value[found.start() :].partition("}}")[0][:60] + "}}"
    entries = value.items() if isinstance(value, Mapping) else enumerate(value if isinstance(value, list) else ())
    for step, item in entries:
        yield from _tags(item, (*path, step))
