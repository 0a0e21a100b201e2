"""The check of image tags that YAML does not read as the text that was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gitlint_ops.lint.checks.delivered_files import deliveries_of_file, deliveries_of_folder
from gitlint_ops.lint.checks.embedded_values import values_texts
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Edit, Effect, Fix, Severity, Violation
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath, Json, Span

_PLAIN = re.compile(r"[\w.+:-]+")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_EXPONENT = re.compile(r"[-+]?\d[\d_]*(?:\.\d*)?[eE][-+]?\d+")
_ELSEWHERE = (
    " 1.1 and its tools (PyYAML, Ruby), which write something else when they update this file; Helm and Kustomize "
    "still take it as written"
)
_TAG_KEY = re.compile(r"(?:^|[a-z_-])image_?tag$|^newTag$", re.IGNORECASE)
_IMAGE_KEYS = ("repository", "registry", "image")


@dataclass(frozen=True, slots=True)
class _Tag:
    """An unquoted tag: its field, where it stands, the text as written, the value as YAML gives it."""

    path: FieldPath
    span: Span
    written: str
    value: Json

    @property
    def kind(self) -> str:
        """What YAML takes the text for."""
        if isinstance(self.value, bool):
            return "a boolean"
        if isinstance(self.value, str) and _DATE.fullmatch(self.written):
            return "a date"
        return "a number"


def unquoted_image_tag(context: CheckContext) -> Iterator[Violation]:
    """Report unquoted tags that Helm prints otherwise than written, that Kustomize refuses, that other tools change."""
    found = list(_all_tags(context))
    for tag, printed in zip(found, _printed(context, [tag.value for tag in found]), strict=True):
        effect, severity = _effect(context, tag, printed)
        if effect:
            message = f'{tag.path[-1]}: {tag.written} is {tag.kind} for YAML{effect}; quote it: "{tag.written}"'
            fix = Fix("Quote the tag", (Edit(tag.span, f'"{tag.written}"'),), effect=_intended(tag, printed))
            yield Violation(message, span=tag.span, deliveries=_deliveries(context, tag), severity=severity, fix=fix)


def _effect(context: CheckContext, tag: _Tag, printed: str) -> tuple[str, Severity | None]:
    """Say what becomes of a tag, '' where nothing does, and the severity where it is not the rule's own."""
    if isinstance(tag.value, str):
        return _ELSEWHERE, "warning"
    if tag.path[-1] == "newTag":
        return ", so Kustomize refuses the whole file", None
    if printed != tag.written:
        return f", so the image gets the tag {printed}", None
    if context.options["numbers_printed_as_written"]:
        return "; it is printed as written today, and 1.10 would become 1.1", "warning"
    return "", None


def _intended(tag: _Tag, printed: str) -> Effect:
    """Give what quoting does: what Kustomize refused is built, and what was printed otherwise is as it is written."""
    return Effect(renders=True) if tag.path[-1] == "newTag" else Effect(text=(printed, tag.written))


def _is_kustomization(context: CheckContext, path: str) -> bool:
    kustomization = context.graph.kustomizations.get(path.rpartition("/")[0] or ".")
    return kustomization is not None and kustomization.path == path


def _deliveries(context: CheckContext, tag: _Tag) -> tuple[Delivery, ...]:
    path = tag.span.path
    if _is_kustomization(context, path):
        return deliveries_of_folder(context, path.rpartition("/")[0] or ".")
    return deliveries_of_file(context, path)


def _printed(context: CheckContext, values: Sequence[Json]) -> list[str]:
    """Give how a chart's template prints the values: Helm's own engine is asked."""
    if not values:
        return []
    items = [{"value": "{{ .tag }}", "params": {"tag": value}} for value in values]
    answer = context.engine.call("template", engine="gotemplate", items=items)
    return [str(item.get("value", "")) for item in answer["items"]]


def _all_tags(context: CheckContext) -> Iterator[_Tag]:
    """Give the unquoted tags of documents, and of values that stand as a text in one."""
    for document in context.tree.documents():
        kind = document.value.get("kind") if isinstance(document.value, Mapping) else ""
        if kind != "CustomResourceDefinition":
            yield from _tags(context, document.value, partial(context.tree.span, document.path, document.index))
    for text in values_texts(context):
        for embedded in context.provenance.places.embedded(text.text)[:1]:
            yield from _tags(context, embedded.value, partial(text.span, context))


def _tags(context: CheckContext, data: Json, span_of: Callable[[FieldPath], Span | None]) -> Iterator[_Tag]:
    for path, value in _values(data, ()):
        may_differ = not isinstance(value, str) or _DATE.fullmatch(value) or _EXPONENT.fullmatch(value)
        span = span_of(path) if may_differ else None
        written = _text(context, span) if span else ""
        if span and _PLAIN.fullmatch(written):
            yield _Tag(path, span, written, value)


def _text(context: CheckContext, span: Span) -> str:
    """Give the source text of a place on one line; quotes are part of it."""
    if span.line != span.end_line:
        return ""
    return context.tree.line_text(span.path, span.line)[span.column - 1 : span.end_column - 1].strip()


def _values(value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, Json]]:
    """Give the scalars in a tag's place: ``newTag``, ``imageTag``, and ``tag`` beside or below an image."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                yield from _values(item, (*path, key))
            elif item is not None and _is_tag(key, value, path):
                yield (*path, key), item


def _is_tag(key: str, beside: Mapping[str, Json], path: FieldPath) -> bool:
    if key != "tag":
        return key.lower().endswith("tag") and bool(_TAG_KEY.search(key))
    named = next((step for step in reversed(path) if isinstance(step, str)), "")
    return "image" in named.lower() or any(isinstance(beside.get(name), str) for name in _IMAGE_KEYS)
