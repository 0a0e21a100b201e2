"""Where the values of a release are written: files, inline values, parameters, ConfigMaps, the chart's own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.render.model import Origin
from gitlint_ops.repo.model import Delivery, HelmUnit, ValueLayer
from gitlint_ops.source import FieldPath, Span


class ReleaseValues:
    """Finds the place of a key in the values of one chart unit of a delivery."""

    def __init__(self, context: CheckContext, delivery: Delivery, unit: HelmUnit) -> None:
        self._context = context
        self._unit = unit
        self._delivery = delivery

    def place(self, path: FieldPath, *, on_key: bool = False) -> tuple[Span, bool]:
        """Give the place of a key in the last layer that sets it.

        For a key that is nowhere, that of the nearest one that encloses it (then False), at worst the last layer.
        """
        for depth in range(len(path), 0, -1):
            is_whole = depth == len(path)
            found = self._find(path[:depth], on_key=on_key or not is_whole)
            if found is not None:
                return found.span, found.exact and is_whole
        return self._top(), False

    def prefix_of(self, subchart: str) -> FieldPath:
        """Give the keys below which a subchart's values stand: its own, or that within another subchart's."""
        nested = ((str(name), subchart) for name in self._dependencies())
        return next((path for path in ((subchart,), *nested) if self._find(path) is not None), (subchart,))

    def _dependencies(self) -> Iterator[str]:
        chart = self._context.graph.charts.get(self._unit.path)
        entries = chart.data.get("dependencies") if chart else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield str(entry.get("alias") or entry.get("name") or "")

    def _find(self, path: FieldPath, *, on_key: bool = False) -> Origin | None:
        return self._context.provenance.values_key(self._delivery, self._unit, path, on_key=on_key)

    def _top(self) -> Span:
        """Give where the last layer begins, else the chart's own values, else the declaration."""
        for layer in reversed(self._unit.layers):
            span = self._start(layer)
            if span is not None:
                return span
        own = posixpath.normpath(f"{self._unit.path}/values.yaml")
        if self._context.tree.is_file(own):
            return self._context.tree.line_span(own, 1)
        return self._delivery.span or Span(self._unit.path, 1)

    def _start(self, layer: ValueLayer) -> Span | None:
        if layer.form == "file":
            documents = self._context.tree.read(str(layer.value)).documents
            return self._context.tree.line_span(str(layer.value), documents[0].line if documents else 1)
        if layer.document is not None:
            return self._context.tree.nearest(*layer.document, layer.field_path, on_key=True)[0]
        return layer.span
