"""Where a value comes from that an ApplicationSet's template takes from a generator: the list element, the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitlint_ops.render.model import Origin
from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.match import MISSING, is_container
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.repo.model import Delivery, ParameterPlace
from gitlint_ops.source import FieldPath, Json, Span

_ACTION = re.compile(r"\{\{-?\s*\.?(?P<key>[A-Za-z_][\w.-]*)\s*(?:\|[^{}]*?)?-?\}\}")
"""A text that is one action, which writes one parameter: ``{{name}}``, ``{{ .name }}``, ``{{ .name | quote }}``.

Of a text with more in it, the rest may be what matters: its place stays in the template.
"""


class ParameterPlaces:
    """Finds the place of the one parameter that a text of a template writes."""

    def __init__(self, places: Places, declaring: Declaring) -> None:
        self._places = places
        self._declaring = declaring

    def behind(self, origin: Origin, delivery: Delivery) -> Origin | None:
        """Give the place of the parameter behind an origin in the delivery's ApplicationSet; None where there is none.

        It is as exact as the origin.
        """
        if not delivery.parameters or self._places.tree.is_chart_template(origin.span.path):
            return None
        return self.origin(self._text(origin.span), delivery, exact=origin.exact)

    def origin(self, text: str, delivery: Delivery, *, exact: bool = True) -> Origin | None:
        """Give the place of the parameter that ``text`` of the delivery's template is; None for more, or none."""
        action = _ACTION.fullmatch(text.strip("\"' "))
        if action is None:
            return None
        return self._of(action["key"], delivery, exact=exact)

    def mentioned(self, origin: Origin, delivery: Delivery) -> Iterator[Origin]:
        """Give the place of each parameter that an origin's text writes among other things; as exact as the origin."""
        if not delivery.parameters or self._places.tree.is_chart_template(origin.span.path):
            return
        for key in dict.fromkeys(action["key"] for action in _ACTION.finditer(self._text(origin.span))):
            found = self._of(key, delivery, exact=origin.exact)
            if found is not None:
                yield found

    def _of(self, key: str, delivery: Delivery, *, exact: bool) -> Origin | None:
        found = next((place for source in delivery.parameters for place in self._find(key, source, delivery)), None)
        if found is None:
            return None
        span, is_there = self._places.resolve(found)
        return Origin(span, exact=exact and is_there, why=f"the generator's parameter {key}") if is_there else None

    def _text(self, span: Span) -> str:
        line = self._places.tree.line_text(span.path, span.line)
        return line[span.column - 1 : span.end_column - 1] if span.line == span.end_line else line

    def _find(self, key: str, source: ParameterPlace, delivery: Delivery) -> Iterator[Place]:
        base = self._base(source, delivery)
        if source.prefix and not key.startswith(f"{source.prefix}."):
            return
        key = key.removeprefix(f"{source.prefix}.") if source.prefix else key
        held = self._places.value(base) if base is not None else MISSING
        path = _path_of(key, held)
        if base is not None and path:
            yield base.below(*path)

    def _base(self, source: ParameterPlace, delivery: Delivery) -> Place | None:
        if source.file:
            return Place(source.file, 0, source.field_path)
        place = self._declaring.place(delivery)
        return replace(place, field_path=source.field_path) if place is not None else None


def _path_of(key: str, held: Json) -> FieldPath:
    """Give the path of a dotted key in nested mappings and lists whose own keys may hold dots; () where it is not."""
    entries: Mapping[str, Json] = held if isinstance(held, Mapping) else {}
    if isinstance(held, list):
        entries = {str(index): item for index, item in enumerate(held)}
    for name, below in entries.items():
        step: str | int = int(name) if isinstance(held, list) else name
        if key == name and not is_container(below):
            return (step,)
        rest = _path_of(key[len(name) + 1 :], below) if key.startswith(f"{name}.") else ()
        if rest:
            return (step, *rest)
    return ()
