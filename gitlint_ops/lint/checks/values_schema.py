"""Checks of a chart's values against its values.schema.json, as Helm judges them."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.release_values import ReleaseValues
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.lint.redaction import holds_credential
from gitlint_ops.lint.schemas.fault import SchemaView
from gitlint_ops.lint.schemas.wording import MAX_LISTED, nearest_word
from gitlint_ops.render.plan import request_for
from gitlint_ops.repo.model import Delivery, HelmUnit, Unrendered
from gitlint_ops.source import FieldPath, Span, display_path
from gitlint_ops.source.narrowing import mapping

KIND = "values-schema"
_LINE = re.compile(r"^(?P<indent> *)- at '(?P<pointer>[^']*)': (?P<text>.*)$")
_SECTION = re.compile(r"^(?P<chart>[\w.-]+):$")
_HEADING = re.compile(r"^(?:validation failed|'(?:allOf|then|else|\$ref)' failed)$")
_CHOICE = re.compile(r"^'?(?:anyOf|oneOf|not)'? failed")
_TYPE = re.compile(r"^got (?P<got>\w+), want (?P<want>\w+(?: or \w+)*)$")
_LIMIT = re.compile(r"^(?P<name>\w+): got (?P<got>[\d,.e+-]+), want (?P<want>[\d,.e+-]+)$")
_EXTRA = re.compile(r"^additional propert(?:y|ies) (?P<names>.*) not allowed$")
_LACKING = re.compile(r"^missing propert(?:y|ies) (?P<names>.*)$")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_INDEX = re.compile(r"\d{1,9}")
_TYPES = {"integer": "an integer", "object": "a mapping", "array": "a list", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class ValueFault:
    """One value that a schema refuses: its path from the values' top (``key`` is to be named), and why."""

    path: FieldPath
    reason: str
    on_key: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault of a delivery's values, with the chart that refuses it and the place to mend."""

    fault: ValueFault
    chart: str
    span: Span
    exact: bool


def values_schema_error(context: CheckContext) -> Iterator[Violation]:
    """Report every value that a chart's values.schema.json refuses, at the key in the last layer that sets it."""
    cases: dict[tuple[Span, str, bool], list[tuple[Delivery, Unrendered]]] = defaultdict(list)
    for delivery, item in context.rendering.unrendered:
        if delivery is not None and item.error_kind == KIND and item.failed:
            for placed in placed_faults(context, delivery, item):
                message = f"the values.schema.json of chart {placed.chart} refuses {_named(placed.fault)}"
                cases[placed.span, message, placed.exact].append((delivery, item))
    for (span, message, exact), found in cases.items():
        places = dict.fromkeys(item.span for _, item in found if item.span and item.span != span)
        yield Violation(
            message,
            span=span,
            exact=exact,
            deliveries=tuple({delivery.id: delivery for delivery, _ in found}.values()),
            related=tuple(Related(place, "declared here") for place in places),
        )


def _named(fault: ValueFault) -> str:
    return f"{display_path(fault.path) or 'the values'}: {fault.reason}"


def placed_faults(context: CheckContext, delivery: Delivery, item: Unrendered) -> tuple[PlacedFault, ...]:
    """Give all faults of the values with which a chart was refused; none for another failure."""
    known: dict[int, tuple[PlacedFault, ...]] = context.once("values_schema.faults", dict)
    if id(item) not in known:
        known[id(item)] = tuple(_place_all(context, delivery, item)) if item.error_kind == KIND else ()
    return known[id(item)]


def _place_all(context: CheckContext, delivery: Delivery, item: Unrendered) -> Iterator[PlacedFault]:
    for unit in delivery.units:
        if not isinstance(unit, HelmUnit) or unit.path != item.path:
            continue
        try:
            context.engine.call(**request_for(unit, context.config.kubernetes_version))
        except EngineError as error:
            # A unit of the same chart with other values may be fine: only those that fail so are read.
            if error.kind == KIND:
                yield from _of_unit(context, delivery, unit, error.message)


def _of_unit(context: CheckContext, delivery: Delivery, unit: HelmUnit, text: str) -> Iterator[PlacedFault]:
    values = ReleaseValues(context, delivery, unit)
    chart = context.graph.charts.get(unit.path)
    name = chart.name if chart else posixpath.basename(unit.path)
    for section, lines in sections(text):
        view = _view(context, unit, "" if section in ("", name) else section)
        prefix = () if section in ("", name) else values.prefix_of(section)
        for found in faults(lines, view):
            path = (*prefix, *found.path)
            is_secret = not found.on_key and holds_credential({}, path)
            reason = "its value does not satisfy the schema" if is_secret else found.reason
            span, exact = values.place(path, on_key=found.on_key)
            fault = ValueFault(path, reason, found.on_key, found.exact)
            yield PlacedFault(fault, section or name, span, exact and found.exact)


def _view(context: CheckContext, unit: HelmUnit, subchart: str) -> SchemaView:
    folder = f"{unit.path}/charts/{subchart}" if subchart else unit.path
    path = posixpath.normpath(f"{folder}/values.schema.json")
    documents = context.tree.read(path).documents if context.tree.is_file(path) else ()
    root = mapping(documents[0].value) if documents else {}
    return SchemaView(root, "", mapping(root, "$defs") or mapping(root, "definitions"))


def sections(text: str) -> list[tuple[str, list[str]]]:
    """Give the lines of Helm's message by the chart that they are about: ``web:`` begins a section."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n"):
        heading = _SECTION.match(line)
        if heading:
            found.append((heading["chart"], []))
        elif _LINE.match(line):
            found[-1][1].append(line)
    return [section for section in found if section[1]]


def faults(lines: Sequence[str], view: SchemaView) -> Iterator[ValueFault]:
    """Give what the lines of one chart's section mean; alternatives of which none fits are one fault."""
    within = -1
    for line in lines:
        match = _LINE.match(line)
        if match is None or (within >= 0 and len(match["indent"]) > within):
            continue
        within = len(match["indent"]) if _CHOICE.match(match["text"]) else -1
        if not _HEADING.match(match["text"]):
            yield from _faults(_path(match["pointer"]), match["text"], view)


def _path(pointer: str) -> FieldPath:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return tuple(int(step) if _INDEX.fullmatch(step) else step for step in steps)


def _faults(path: FieldPath, text: str, view: SchemaView) -> Iterator[ValueFault]:
    extra, lacking = _EXTRA.match(text), _LACKING.match(text)
    if extra:
        known = list(view.at(path)[0].get("properties") or ())
        for key in _QUOTED.findall(extra["names"]):
            yield ValueFault((*path, key), f"the chart has no such value{_near(key, known)}", on_key=True)
    elif lacking:
        for key in _QUOTED.findall(lacking["names"]):
            yield ValueFault((*path, key), "it is required, and missing", on_key=True, exact=False)
    else:
        yield ValueFault(path, _reason(text))


def _near(key: str, known: list[str]) -> str:
    near = nearest_word(key, known)
    if near:
        return f"; did you mean {near}?"
    return f"; it has {', '.join(sorted(known))}" if 0 < len(known) <= MAX_LISTED else ""


def _reason(text: str) -> str:
    if _CHOICE.match(text):
        return "it fits none of the forms that the schema allows, or more of them than it may"
    kind, limit = _TYPE.match(text), _LIMIT.match(text)
    if kind:
        wanted = " or ".join(_type(name) for name in kind["want"].split(" or "))
        return f"it must be {wanted}, not {_type(kind['got'])}"
    if limit:
        return f"its {limit['name']} is {limit['want']}, and it has {limit['got']}"
    return text


def _type(name: str) -> str:
    return _TYPES.get(name, f"a {name}")
