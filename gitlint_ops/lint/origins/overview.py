"""Chains as plain values: what ``origin`` shows and its JSON contract names, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.diff.masking import MASK, masked
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.excerpts import MAX_LINE, lines_of_secrets
from gitlint_ops.lint.origins.find import Chain, Found
from gitlint_ops.lint.owners.overview import summarise_owners
from gitlint_ops.lint.redaction import names_credential
from gitlint_ops.render.masking import credentials_in
from gitlint_ops.render.model import Origin, RenderedObject
from gitlint_ops.repo.credential_names import credential_kind
from gitlint_ops.source import Json, Span, display_path

Overview = dict[str, Any]

_WORD = re.compile(r"[\w.-]+")


def summarise_chains(context: CheckContext, found: Found) -> Overview:
    """Give what was asked, its chains with masked values, and, where there is none, what comes near."""
    asked = found.question.asked
    return {
        "asked": {"kind": asked.kind, "namespace": asked.namespace, "name": asked.name, "text": asked.words},
        "field": found.question.field,
        "chains": [summarise_chain(context, chain) for chain in found.chains],
        "more_fields": found.more,
        "without": [_object(item) for item in found.without],
        "nearest": {"objects": [_object(item) for item in _nearby(found)], "fields": list(found.nearest)},
        "not_rendered": summarise_owners(context, found.owners)["not_rendered"],
    }


def _nearby(found: Found) -> tuple[RenderedObject, ...]:
    """Give what comes near to an object that is not there: it in other places, what makes it, else like names."""
    if found.chains or found.nearest:
        return ()
    owners = tuple(owner.object for owner in found.owners.owners if owner.object is not None)
    return owners or found.owners.nearest


def _object(item: RenderedObject) -> Overview:
    return {
        "apiVersion": item.api_version,
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "delivery": item.delivery.id,
        "environment": item.delivery.environment,
    }


def summarise_chain(context: CheckContext, chain: Chain) -> Overview:
    """Give one chain with its value and its lines, masked where they may be secret."""
    value = _shown_value(context, chain)
    hidden = value == MASK
    return {
        "field": display_path(chain.path),
        "value": value,
        "masked": hidden,
        "objects": [_object(item) for item in chain.objects],
        "environments": sorted({item.delivery.environment for item in chain.objects} - {""}),
        "origins": [_origin(context, chain.objects[0], origin, hidden=hidden) for origin in chain.origins],
    }


def _shown_value(context: CheckContext, chain: Chain) -> Json:
    """Give the value, masked where it is a secret: by itself, or because a Secret's own line gives it."""
    item = chain.objects[0]
    from_secret = any(origin.exact and _in_secret(context, origin.span) for origin in chain.origins)
    if from_secret and item.kind != "Secret":
        return MASK
    # The name beside a credential is none: env: [{name: DB_PASSWORD, value: ...}].
    is_name = chain.path[-1:] == ("name",) and isinstance(chain.path[-2:][0], int)
    return masked(item, chain.value, ("name",) if is_name else chain.path)


def _in_secret(context: CheckContext, span: Span) -> bool:
    return span.line in lines_of_secrets((), span.path, context.tree)


def _origin(context: CheckContext, item: RenderedObject, origin: Origin, *, hidden: bool) -> Overview:
    span = origin.span
    return {
        "location": {
            "path": span.path,
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line,
            "end_column": span.end_column,
        },
        "exact": origin.exact,
        "why": origin.why,
        "text": MASK if hidden else _line(context, item, span),
    }


def _line(context: CheckContext, item: RenderedObject, span: Span) -> str:
    """Give the text of an origin's first line, all of it masked where it may hold a credential."""
    text = context.tree.line_text(span.path, span.line)[:MAX_LINE]
    if _in_secret(context, span) or names_credential(text) or any(held in text for held in _credentials(context, span)):
        return MASK
    if document_at(context.tree, span) is None and any(credential_kind(word) for word in _WORD.findall(text)):
        return MASK
    shown = masked(item, text, ("line",))
    return text if shown is None else str(shown)


def _credentials(context: CheckContext, span: Span) -> Iterator[str]:
    document = document_at(context.tree, span)
    if document is not None:
        yield from credentials_in(document.value)
