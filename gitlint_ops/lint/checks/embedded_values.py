"""Values of charts that stand as a text in another file: ``helm.values`` of an Application, a ConfigMap's entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.checks.chart_values import sources_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import FieldPath, Problem, Span
from gitlint_ops.source.narrowing import mapping


@dataclass(frozen=True, slots=True)
class ValuesText:
    """A text of values: the file, document and field that hold it, and the delivery that reads it."""

    delivery: Delivery
    path: str
    document: int
    field_path: FieldPath
    text: str

    def span(self, context: CheckContext, below: FieldPath) -> Span | None:
        """Give the place of a field of the values, None where the file has it in no line of its own."""
        place = Place(self.path, self.document, self.field_path, inner=(0, below))
        span, exact = context.provenance.places.resolve(place)
        return span if exact else None


def values_texts(context: CheckContext) -> tuple[ValuesText, ...]:
    """Give the texts of values that deliveries read, for each of those that read it."""
    return context.once("values-texts", lambda: tuple(_of_deliveries(context)))


def embedded_problems(context: CheckContext) -> tuple[Problem, ...]:
    """Give what keeps these texts from being read, and their repeated keys, each at its line in the file."""
    return tuple(problem for _, problem in _problems(context))


def has_broken_values(context: CheckContext, delivery: Delivery) -> bool:
    """Whether a text of values of a delivery is no YAML."""
    return any(text.delivery is delivery for text, problem in _problems(context) if problem.kind == "invalid-yaml")


def _of_deliveries(context: CheckContext) -> Iterator[ValuesText]:
    for delivery in context.deliveries:
        yield from _of_delivery(context, delivery)


def _of_delivery(context: CheckContext, delivery: Delivery) -> Iterator[ValuesText]:
    spec = mapping(delivery.object, "spec")
    for path, source in sources_of(delivery, spec):
        helm = mapping(source, "helm")
        if isinstance(helm.get("values"), str) and not helm.get("valuesObject"):
            yield from _written(context, delivery, (*path, "helm", "values"), helm["values"])
    references = spec.get("valuesFrom") if delivery.kind == "HelmRelease" else None
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, Mapping) and reference.get("kind") == "ConfigMap" and not reference.get("targetPath"):
            yield from _held(context, delivery, reference)


def _written(context: CheckContext, delivery: Delivery, path: FieldPath, text: str) -> Iterator[ValuesText]:
    """Give a text of a declaration that stands in a file as it is; an ApplicationSet's is YAML only once filled."""
    if delivery.document is None or delivery.generator:
        return
    file, index = delivery.document
    documents = context.tree.read(file).documents
    whole = (*delivery.document_path, *path)
    if index < len(documents) and value_at(documents[index].value, whole) == text:
        yield ValuesText(delivery, file, index, whole, text)


def _held(context: CheckContext, delivery: Delivery, reference: Mapping[str, Any]) -> Iterator[ValuesText]:
    key = str(reference.get("valuesKey") or "values.yaml")
    holders = context.once("config-maps-by-name", lambda: _config_maps(context))
    for path, index, value in holders.get(str(reference.get("name")), ()):
        namespace, text = mapping(value, "metadata").get("namespace"), mapping(value, "data").get(key)
        if namespace in (None, delivery.namespace) and isinstance(text, str):
            yield ValuesText(delivery, path, index, ("data", key), text)


def _config_maps(context: CheckContext) -> Mapping[str, list[tuple[str, int, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = {}
    for document in context.tree.documents():
        if isinstance(document.value, Mapping) and document.value.get("kind") == "ConfigMap":
            name = str(mapping(document.value, "metadata").get("name"))
            found.setdefault(name, []).append((document.path, document.index, document.value))
    return found


def _problems(context: CheckContext) -> Sequence[tuple[ValuesText, Problem]]:
    return context.once("embedded-problems", lambda: list(_read(context)))


def _read(context: CheckContext) -> Iterator[tuple[ValuesText, Problem]]:
    named = {f"values-{at}.yaml": text for at, text in enumerate(values_texts(context))}
    if named:
        texts = {name: item.text for name, item in named.items()}
        for file in context.engine.call("read", files=list(named), texts=texts, values=False)["files"]:
            text = named[file["path"]]
            yield from ((text, _moved(context, text, problem)) for problem in file.get("problems") or ())


def _moved(context: CheckContext, text: ValuesText, problem: Mapping[str, Any]) -> Problem:
    first = int(problem.get("first_line") or 0)
    column = int(problem.get("column") or 1)
    span = _line(context, text, int(problem["line"]), column)
    first_line = _line(context, text, first, 1).line if first else 0
    return Problem(problem["kind"], span, str(problem["message"]), str(problem.get("key") or ""), first_line)


def _line(context: CheckContext, text: ValuesText, line: int, column: int) -> Span:
    """Give a line of a text in its file, at worst where the text begins."""
    scalar = context.tree.nearest(text.path, text.document, text.field_path)[0]
    return context.provenance.places.moved(scalar, text.text, (line, column, line, column + 1)) or scalar
