"""Findings in what was fetched: they belong to the line of the repository that asks for it, which people here edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.fetched import named_in
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import Span
from gitlint_ops.source.vendor import is_fetched

_PARTS_OF_MOUNT = 3
"""An artifact's folder is the third part of its files' paths."""


def asked_for_at(context: CheckContext, span: Span, deliveries: Sequence[Delivery]) -> Span:
    """Give the line that asks for the artifact that a place lies in; a place of the repository's own stays.

    That is the entry of a kustomization, else the source of the first of the deliveries that the place concerns.
    """
    if not is_fetched(span.path):
        return span
    folder = "/".join(span.path.split("/")[:_PARTS_OF_MOUNT])
    return next(chain(_entries(context, folder), _sources(context, deliveries)), span)


def _entries(context: CheckContext, folder: str) -> Iterator[Span]:
    for kustomization in context.graph.kustomizations.values():
        for field_path in named_in(context.tree, kustomization, folder):
            yield context.tree.nearest(kustomization.path, 0, field_path)[0]


def _sources(context: CheckContext, deliveries: Sequence[Delivery]) -> Iterator[Span]:
    for delivery in deliveries:
        named = [source for source in delivery.sources if source.field_path]
        if delivery.document is not None and named:
            chosen = next((source for source in named if source.chart), named[0])
            path, document = delivery.document
            yield context.tree.nearest(path, document, (*delivery.document_path, *chosen.field_path))[0]
        if delivery.span is not None:
            yield delivery.span
