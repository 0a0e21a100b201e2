"""The Secrets whose values stand in Git in plain, each at the places that write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.secret_objects import decoded, is_secret, plain_fields
from gitlint_ops.lint.checks.secret_values import text_credentials
from gitlint_ops.lint.checks.source_credentials import SourceCredential
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.within import line_within
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.render.plan import request_for
from gitlint_ops.repo.model import Delivery, DirectoryUnit, HelmUnit, Kustomization, KustomizeUnit, Unit
from gitlint_ops.source.model import Document, FieldPath, Span
from gitlint_ops.source.narrowing import mapping


@dataclass(frozen=True, slots=True)
class PlainKey:
    """A key of a Secret with a plain value, and where that is written. ``also`` are further places behind it."""

    name: str
    field_path: FieldPath
    span: Span
    exact: bool
    also: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """The plain keys of one Secret that one file writes, in the order of their lines, over all that render it."""

    keys: tuple[PlainKey, ...]
    objects: tuple[RenderedObject, ...] = field(default=(), repr=False)
    deliveries: tuple[Delivery, ...] = field(default=(), repr=False)
    """Deliveries that have it although nothing could be rendered."""


def plain_secrets(context: CheckContext, written: Sequence[SourceCredential]) -> tuple[PlainSecret, ...]:
    """Give every plain Secret, rendered ones first, then those in files that nothing renders.

    ``written`` are the credentials found in the files: they give the line where provenance gives only a neighbourhood.
    """
    return context.once("plain-secrets", lambda: tuple(_find(context, written)))


def claimed_lines(secrets: Sequence[PlainSecret]) -> frozenset[tuple[str, int]]:
    """Give the (path, line) places that these Secrets are written at: another rule need not speak of them."""
    spans = (span for secret in secrets for key in secret.keys for span in (key.span, *key.also))
    return frozenset(
        (span.path, line) for span in spans for line in range(span.line, max(span.end_line, span.line) + 1)
    )


def _find(context: CheckContext, written: Sequence[SourceCredential]) -> Iterator[PlainSecret]:
    rendered = list(_rendered(context, written))
    yield from rendered
    seen = {key.span.path for secret in rendered for key in secret.keys}
    seen |= {o.source_path for o in context.of_kinds(("Secret",), ("",))}
    for document in context.tree.documents():
        if document.path not in seen and isinstance(document.value, Mapping) and is_secret(document.value):
            yield from _of_document(context, document)


# Rendered Secrets


def _rendered(context: CheckContext, written: Sequence[SourceCredential]) -> Iterator[PlainSecret]:
    found = [(o, plain_fields(o.data, deployed=_is_deployed(o))) for o in context.of_kinds(("Secret",), ("",))]
    suspects = [(o, fields) for o, fields in found if fields]
    generated = _generated(context, [o for o, _ in suspects])
    groups: dict[tuple[str, str, str], dict[Span, PlainKey]] = defaultdict(dict)
    users: dict[tuple[str, str, str], dict[int, RenderedObject]] = defaultdict(dict)
    for item, fields in suspects:
        for path in (path for path in fields if (id(item), path) not in generated):
            key = _key(context, item, path, written)
            group = (key.span.path, item.source_path, str(item.source_line or item.name))
            groups[group].setdefault(key.span, key)
            users[group][id(item)] = item
    yield from _with_one_cause(
        [PlainSecret(_in_order(k.values()), tuple(users[g].values())) for g, k in groups.items()]
    )


def _with_one_cause(secrets: Sequence[PlainSecret]) -> Sequence[PlainSecret]:
    """Merge what the same lines write: a Secret whose values replacements copy into others is one cause."""
    merged: list[PlainSecret] = []
    for secret in sorted(secrets, key=lambda secret: -len(secret.keys)):
        spans = {key.span for key in secret.keys}
        at = next((n for n, other in enumerate(merged) if spans & {key.span for key in other.keys}), None)
        if at is None:
            merged.append(secret)
            continue
        keys = {key.span: key for key in (*secret.keys, *merged[at].keys)}
        merged[at] = PlainSecret(_in_order(keys.values()), (*merged[at].objects, *secret.objects))
    return merged


def _in_order(keys: Iterable[PlainKey]) -> tuple[PlainKey, ...]:
    return tuple(sorted(keys, key=lambda key: (key.span.path, key.span.line, key.span.column, key.name)))


def _is_deployed(item: RenderedObject) -> bool:
    """Say whether somebody applies it: a plain folder or a chart's defaults may be examples, an overlay is not."""
    is_example = isinstance(item.unit, DirectoryUnit) or (isinstance(item.unit, HelmUnit) and not item.unit.layers)
    return item.delivery.controller != "none" or not is_example


def _key(context: CheckContext, item: RenderedObject, path: FieldPath, written: Sequence[SourceCredential]) -> PlainKey:
    first, *others = context.provenance.origins(item, path)
    key = PlainKey(str(path[-1]), path, first.span, first.exact, tuple(o.span for o in others))
    text = str(item.data[str(path[0])][path[1]])
    value = decoded(text) if path[0] == "data" else text
    if first.exact:
        return replace(key, span=_line_of_credential(context, first.span, value))
    better = next((c for c in written if c.value == value.strip() and c.span.path in _files_of(item.unit)), None)
    return replace(key, span=better.span, exact=better.exact) if better else key


def _line_of_credential(context: CheckContext, span: Span, text: str) -> Span:
    """Give the line of the first credential in a text of several lines that is written at ``span``, else that place."""
    first = next(text_credentials(text), None) if "\n" in text else None
    if first is None:
        return span
    written = re.compile(f"{re.escape(first.name)}.*{re.escape(first.value)}|{re.escape(first.value)}@")
    return line_within(context.tree, span, text, written) or span


def _files_of(unit: Unit) -> frozenset[str]:
    """Give the values files of a chart's release."""
    if not isinstance(unit, HelmUnit):
        return frozenset()
    layers = (str(layer.value) for layer in unit.layers if layer.form == "file")
    inline = (layer.document[0] for layer in unit.layers if layer.document)
    return frozenset([f"{unit.path}/values.yaml", *layers, *inline])


def _generated(context: CheckContext, suspects: Sequence[RenderedObject]) -> frozenset[tuple[int, FieldPath]]:
    """Give the fields whose values the chart draws anew at each render (randAlphaNum, genCA): those never reach Git.

    Two fresh renders of each unit are compared; no list of functions could know what a helper template calls.
    """
    units: dict[int, Unit] = {id(o.unit): o.unit for o in suspects if _may_generate(o.unit)}
    requests = [request_for(unit, context.config.kubernetes_version) for unit in units.values()]
    answers = context.engine.call_anew([*requests, *requests])
    pairs = dict(zip(units, zip(answers[: len(requests)], answers[len(requests) :], strict=True), strict=True))
    return frozenset(
        (id(item), path)
        for item in suspects
        if id(item.unit) in pairs
        for path in _differing(item, *pairs[id(item.unit)])
    )


def _may_generate(unit: Unit) -> bool:
    return isinstance(unit, HelmUnit) or (isinstance(unit, KustomizeUnit) and unit.enable_helm)


def _differing(
    item: RenderedObject, one: dict[str, Any] | EngineError, other: dict[str, Any] | EngineError
) -> Iterator[FieldPath]:
    if isinstance(one, EngineError) or isinstance(other, EngineError):
        return
    left, right = (_same_object(answer["objects"], item) for answer in (one, other))
    for section in ("data", "stringData"):
        before, after = mapping(left, section), mapping(right, section)
        yield from ((section, key) for key in before if before[key] != after.get(key))


def _same_object(objects: Sequence[Mapping[str, Any]], item: RenderedObject) -> Mapping[str, Any]:
    for data in objects:
        if data.get("kind") == "Secret" and metadata_of(data).get("name") == item.name:
            return data
    return {}


# Secrets that nothing renders


def _of_document(context: CheckContext, document: Document) -> Iterator[PlainSecret]:
    keys = []
    for path in plain_fields(document.value, deployed=False):
        span, exact = context.tree.nearest(document.path, document.index, path)
        keys.append(PlainKey(str(path[-1]), path, span, exact))
    if keys:
        yield PlainSecret(_in_order(keys))


def unrendered_generators(context: CheckContext) -> Iterator[PlainSecret]:
    """Give what the secretGenerators of kustomizations that did not render write: literals and input files."""
    built = _built_folders(context)
    for folder, kustomization in context.graph.kustomizations.items():
        if folder not in built:
            deliveries = deliveries_of_folder(context, folder)
            yield from (replace(secret, deliveries=deliveries) for secret in _of_generators(context, kustomization))


def _built_folders(context: CheckContext) -> frozenset[str]:
    rendered = {o.unit.path for o in context.objects if isinstance(o.unit, KustomizeUnit)}
    found: set[str] = set()
    pending = list(rendered)
    while pending:
        folder = pending.pop()
        kustomization = context.graph.kustomizations.get(folder)
        if kustomization is not None and folder not in found:
            found.add(folder)
            pending.extend(kustomization.folders())
    return frozenset(found)


def _of_generators(context: CheckContext, kustomization: Kustomization) -> Iterator[PlainSecret]:
    generators = kustomization.data.get("secretGenerator")
    for at, generator in enumerate(generators if isinstance(generators, list) else ()):
        literals = generator.get("literals") if isinstance(generator, Mapping) else None
        keys = []
        for index, literal in enumerate(literals if isinstance(literals, list) else ()):
            key, _, value = str(literal).partition("=")
            if plain_fields({"stringData": {key: value.strip("'\"")}}, deployed=False):
                path: FieldPath = ("secretGenerator", at, "literals", index)
                span, exact = context.tree.nearest(kustomization.path, 0, path)
                keys.append(PlainKey(key, ("stringData", key), span, exact))
        if keys:
            yield PlainSecret(_in_order(keys))
    yield from _of_inputs(context, kustomization)


def _of_inputs(context: CheckContext, kustomization: Kustomization) -> Iterator[PlainSecret]:
    for reference in kustomization.references:
        if reference.role != "secretGenerator" or not reference.exists:
            continue
        is_env = "envs" in reference.field_path or "env" in reference.field_path
        name = reference.target.rpartition("/")[2]
        values = _env_lines(context, reference.target) if is_env else [(1, name, context.tree.text(reference.target))]
        keys = [
            PlainKey(key, ("stringData", key), _line_of_credential(context, span, value), is_env)
            for line, key, value in values
            for span in (context.tree.line_span(reference.target, line),)
            if plain_fields({"stringData": {key: value}}, deployed=False)
        ]
        if keys:
            yield PlainSecret(_in_order(keys))


def _env_lines(context: CheckContext, path: str) -> list[tuple[int, str, str]]:
    pairs = ((n, line.partition("=")) for n, line in enumerate(context.tree.lines(path), 1) if "=" in line)
    return [(n, key.strip(), value.strip()) for n, (key, _, value) in pairs if not key.lstrip().startswith("#")]
