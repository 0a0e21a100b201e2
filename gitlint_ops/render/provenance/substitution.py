"""Flux's postBuild substitution: which variables gave a rendered text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.hit import Hit, Subject
from gitlint_ops.render.provenance.match import scalar_text
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.repo.model import FluxBuild, KustomizeUnit
from gitlint_ops.source.narrowing import items

_VARIABLE = re.compile(r"\$\{(?:#)?([A-Za-z_][A-Za-z0-9_]*)")
_ALTERED = "altered"


def flux_build(subject: Subject) -> FluxBuild | None:
    """Give the Flux build behind an object, where there is one with substitution."""
    unit = subject.object.unit
    return unit.flux if isinstance(unit, KustomizeUnit) and unit.flux and "postBuild" in unit.flux.spec else None


class Substitution:
    """Expands source texts as Flux does (the engine's envsubst), to compare them with rendered ones."""

    def __init__(self, engine: EngineClient, declaring: Declaring) -> None:
        self._engine = engine
        self._declaring = declaring
        self._expanded: dict[tuple[str, tuple[tuple[str, str], ...]], str | None] = {}

    def hits(self, hit: Hit, subject: Subject) -> Iterator[Hit]:
        """Give, for a hit whose text expands to the rendered value, the places of its variables, then the use."""
        build = flux_build(subject)
        text = hit.value
        if (
            build is None
            or not isinstance(text, str)
            or self._expand(text, build.variables) != scalar_text(subject.value)
        ):
            yield hit
            return
        for name in dict.fromkeys(_VARIABLE.findall(text)):
            place = self._place(name, build, subject)
            if place is not None and self._matters(name, text, build.variables):
                yield Hit(place, f"the variable {name}")
        yield replace(hit, value=subject.value)

    def _place(self, name: str, build: FluxBuild, subject: Subject) -> Place | None:
        """Give where a variable's value is written: in ``substitute``, else in what ``substituteFrom`` names."""
        post_build = build.spec["postBuild"]
        inline = post_build.get("substitute")
        held = None if isinstance(inline, Mapping) and name in inline else self._held(name, build, subject)
        span = build.variable_spans.get(name)
        return held or (Place(known=span) if span is not None else None)

    def _held(self, name: str, build: FluxBuild, subject: Subject) -> Place | None:
        """Give the entry of the last rendered ConfigMap or Secret that has it: a patch or a generator may write it."""
        references = items(build.spec["postBuild"].get("substituteFrom"))
        for _, reference in reversed(list(references)):
            identity = (str(reference.get("kind")), build.namespace, str(reference.get("name")))
            holder = self._declaring.holder(identity, subject.object.delivery)
            for field in ("stringData", "data") if holder is not None else ():
                entries = holder.data.get(field) if holder is not None else None
                if isinstance(entries, Mapping) and name in entries:
                    return Place(object=holder, field_path=(field, name))
        return None

    def _matters(self, name: str, text: str, variables: Mapping[str, str]) -> bool:
        """Whether another value of the variable would give another text."""
        altered = {**variables, name: variables.get(name, "") + _ALTERED}
        return self._expand(text, altered) != self._expand(text, variables)

    def _expand(self, text: str, variables: Mapping[str, str]) -> str | None:
        key = (text, tuple(sorted(variables.items())))
        if "${" not in text:
            return None
        if key not in self._expanded:
            self._expanded[key] = self._call(text, variables)
        return self._expanded[key]

    def _call(self, text: str, variables: Mapping[str, str]) -> str | None:
        try:
            answer = self._engine.call(
                "template", engine="envsubst", items=[{"value": text, "params": dict(variables)}]
            )
        except EngineError:
            # The rendering has reported it; without an expansion the place stays unverified.
            return None
        value = answer["items"][0].get("value")
        return None if value is None else scalar_text(value)
