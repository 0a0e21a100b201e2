"""Checks of values that a chart does not read: a mistyped key changes nothing, and nothing says so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.chart_mentions import Mentions, in_strings
from gitlint_ops.lint.checks.chart_values import unrendered_values
from gitlint_ops.lint.checks.release_values import ReleaseValues
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.schemas.wording import nearest_word
from gitlint_ops.render.plan import request_for
from gitlint_ops.repo.model import Delivery, HelmUnit, ValueLayer
from gitlint_ops.source import FieldPath, Json, Span, display_path

MAX_TRIALS = 40
"""Most releases of one key for which a changed value is tried: of more, some of each environment."""
_MARK = "gitlint-ops-trial"
_ANCHOR = re.compile(r"(^|[\s:\[{,])&[A-Za-z0-9_]")
_ASIDE = ("x-", ".", "_")
"""How keys begin that hold anchors or notes for people."""


@dataclass(frozen=True, slots=True)
class _Release:
    """A chart unit of a delivery, with what its chart mentions (None: the chart cannot be judged)."""

    delivery: Delivery
    unit: HelmUnit
    mentions: Mentions | None
    evaluated: str = ""
    """The template actions in its values' own texts."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of values and its place; ``file`` is the values file that has it, '' for one written elsewhere."""

    span: Span
    path: FieldPath
    file: str = ""


def unused_value(context: CheckContext) -> Iterator[Violation]:
    """Report keys of values files, inline values and parameters that no template of their chart reads.

    A key is reported where no release that is given it reads it, and where rendering with another value gives the same.
    """
    releases = list(_releases(context))
    given = Counter(file for release in releases for file in _files(release))
    shared = _shared_files(context)
    for key, found in _suspects(context, releases).items():
        everywhere = key.file not in shared and (not key.file or given[key.file] == len(found))
        if everywhere and _changes_nothing(context, found, key.path):
            yield Violation(
                f"nothing in the chart {_charts(context, found)} reads {display_path(key.path)}, so it has no effect"
                f"{_hint(found, key)}",
                span=key.span,
                deliveries=tuple({release.delivery.id: release.delivery for release in found}.values()),
            )


def _charts(context: CheckContext, releases: Sequence[_Release]) -> str:
    return ", ".join(sorted({context.graph.charts[release.unit.path].name for release in releases}))


def _files(release: _Release) -> frozenset[str]:
    return frozenset(str(layer.value) for layer in release.unit.layers if layer.form == "file")


def _hint(found: Sequence[_Release], key: _Key) -> str:
    names = [name for release in found if release.mentions for name in release.mentions.fields_of(key.path[:-1])]
    near = nearest_word(str(key.path[-1]), [name for name in dict.fromkeys(names) if name != key.path[-1]])
    return f"; did you mean {display_path((*key.path[:-1], near))}?" if near else "; correct its name or remove it"


def _releases(context: CheckContext) -> Iterator[_Release]:
    rendered = {(item.delivery.id, item.unit.path) for item in context.objects if isinstance(item.unit, HelmUnit)}
    known: dict[str, Mentions | None] = {}
    for delivery in context.deliveries:
        for unit in delivery.units:
            if not isinstance(unit, HelmUnit):
                continue
            if unit.path not in known:
                chart = context.graph.charts.get(unit.path)
                mentions = Mentions(context, chart) if chart else None
                known[unit.path] = mentions if mentions and mentions.is_readable else None
            texts = (text for layer in unit.layers for text in in_strings(_values_of(context, layer)))
            is_rendered = (delivery.id, unit.path) in rendered
            yield _Release(delivery, unit, known[unit.path] if is_rendered else None, "\n".join(texts))


def _suspects(context: CheckContext, releases: Sequence[_Release]) -> Mapping[_Key, list[_Release]]:
    """Give the keys that a release is given and does not read, each with all such releases."""
    found: dict[_Key, list[_Release]] = defaultdict(list)
    for release in releases:
        for layer in release.unit.layers if release.mentions else ():
            file = str(layer.value) if layer.form == "file" else ""
            if not _is_own(release.unit, file):
                for path in _unread(release, _values_of(context, layer), ()):
                    key = _key(context, release, layer, path)
                    if key is not None and release not in found[key]:
                        found[key].append(release)
    return found


def _shared_files(context: CheckContext) -> frozenset[str]:
    """Give the values files that something else reads too: a chart that is not here, a generator."""
    elsewhere = {values.file for values in unrendered_values(context) if values.file}
    generated = {d.span.path for d in context.deliveries if d.generator and d.span is not None}
    return frozenset(elsewhere | generated)


def _is_own(unit: HelmUnit, file: str) -> bool:
    own = "values.yaml" if unit.path == "." else f"{unit.path}/values.yaml"
    return file == own


def _values_of(context: CheckContext, layer: ValueLayer) -> Json:
    if layer.form == "file":
        documents = context.tree.read(str(layer.value)).documents if context.tree.is_file(str(layer.value)) else ()
        return documents[0].value if documents else None
    if layer.form == "inline":
        return layer.value
    return _parameters(layer)


def _parameters(layer: ValueLayer) -> dict[str, Any]:
    """Give the values that parameters with plain names set."""
    values: dict[str, Any] = {}
    for item in layer.value if isinstance(layer.value, list) else ():
        name = str(item).partition("=")[0]
        if re.fullmatch(r"[\w-]+(\.[\w-]+)*", name):
            below = values
            *above, last = name.split(".")
            for step in above:
                below = below.setdefault(step, {})
            below[last] = None
    return values


def _unread(release: _Release, values: Json, path: FieldPath) -> Iterator[FieldPath]:
    """Give the outermost keys that the chart does not read."""
    mentions = release.mentions
    if mentions is None or not isinstance(values, Mapping):
        return
    for key, value in values.items():
        if not isinstance(key, str) or key.startswith(_ASIDE) or (not path and key in mentions.reserved):
            continue
        if not mentions.has(key, release.evaluated):
            yield (*path, key)
        elif not mentions.hands_on(key, release.evaluated):
            yield from _unread(release, value, (*path, key))


def _key(context: CheckContext, release: _Release, layer: ValueLayer, path: FieldPath) -> _Key | None:
    """Give the place of a key; None where it has none of its own, or holds an anchor that is used elsewhere."""
    if layer.form == "file":
        span = context.tree.span(str(layer.value), 0, path, on_key=True)
        value = context.tree.span(str(layer.value), 0, path)
    else:
        span, exact = ReleaseValues(context, release.delivery, release.unit).place(path, on_key=True)
        span = value = (_parameter_name(context, layer) or span) if exact else None
    if span is None or value is None:
        return None
    lines = (context.tree.line_text(span.path, line) for line in range(span.line, value.end_line + 1))
    file = str(layer.value) if layer.form == "file" else ""
    return None if any(_ANCHOR.search(line) for line in lines) else _Key(span, path, file)


def _parameter_name(context: CheckContext, layer: ValueLayer) -> Span | None:
    """Give the place of a parameter's name, where it has one of its own."""
    if layer.form == "inline" or layer.document is None:
        return None
    return context.tree.span(*layer.document, (*layer.field_path, "name"))


def _changes_nothing(context: CheckContext, releases: Sequence[_Release], path: FieldPath) -> bool:
    """Whether each release renders to the same with another value of a key."""
    other: Json = {_MARK: [_MARK]}
    for step in reversed(path):
        other = {step: other}
    requests: list[dict[str, Any]] = []
    for release in _chosen(releases):
        request = request_for(release.unit, context.config.kubernetes_version)
        request |= {"skip_schema_validation": True, "skip_tests": True}
        requests += [request, request, {**request, "layers": [*request["layers"], {"inline": other}]}]
    answers = [_objects(answer) for answer in context.engine.call_many(requests)]
    return all(_is_same(*three) for three in zip(answers[::3], answers[1::3], answers[2::3], strict=True))


def _objects(answer: dict[str, Any] | EngineError) -> list[Any] | None:
    return None if isinstance(answer, EngineError) else list(answer.get("objects") or ())


def _is_same(before: list[Any] | None, again: list[Any] | None, after: list[Any] | None) -> bool:
    """Whether a trial gives the same objects; those that differ each time (random names) tell nothing."""
    if before is None or again is None or after is None or not len(before) == len(again) == len(after):
        return False
    return all(one == changed or one != other for one, other, changed in zip(before, again, after, strict=True))


def _chosen(releases: Sequence[_Release]) -> list[_Release]:
    if len(releases) <= MAX_TRIALS:
        return list(releases)
    by_environment: dict[str, list[_Release]] = defaultdict(list)
    for release in releases:
        by_environment[release.delivery.environment].append(release)
    share = max(1, MAX_TRIALS // len(by_environment))
    return [release for group in by_environment.values() for release in group[:share]]
