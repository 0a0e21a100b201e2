"""What the walk through a unit's layers finds, and how the findings become origins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from gitlint_ops.render.model import Origin, RenderedObject
from gitlint_ops.render.provenance.match import MISSING
from gitlint_ops.render.provenance.place import Inner, Place, Places
from gitlint_ops.source import FieldPath, Json, Span

WHOLE = frozenset({"name", "tag"})
"""All pieces of a value. Only image references have two: what names the image, and its tag or digest."""
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """The question: a field of a rendered object, its value, and the text in it that matters ('' for all of it).

    ``inner`` is a field within the YAML text that the field holds (a document's index, and the path in it): then that
    is what is asked about, and ``value`` is its value.
    """

    object: RenderedObject
    path: FieldPath
    value: Json
    part: str = ""
    inner: Inner | None = None

    @property
    def is_image(self) -> bool:
        """Whether the field is a container's image reference."""
        return len(self.path) >= 3 and self.path[-1] == "image" and isinstance(self.value, str)

    @property
    def step(self) -> str | int:
        """The field's own key or index; '' for the whole object."""
        return (*self.path, *(self.inner[1] if self.inner else ()))[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that touches the field. Hits come nearest cause first.

    ``pieces`` are those of the value that this place gives, verified: WHOLE, one of them, or NOTHING for a part that
    does not hide what lies deeper. ``verified`` False: the place mentions the field, but its value is not the rendered
    one. ``certain`` False: only a trial (edit the place, render again) can tell whether this place has effect.
    """

    place: Place
    why: str
    value: Json = MISSING
    pieces: frozenset[str] = WHOLE
    verified: bool = True
    certain: bool = True
    encloses: bool = False
    """Whether the field is not there, only what encloses it: worth saying only where there is nothing better."""


Trial = Callable[[Span], bool | None]
"""Edits a place, renders again, and says whether the field changed; None where that cannot be told."""


def settle(
    hits: Sequence[Hit], places: Places, trial: Trial, *, first_piece: str, on_key: bool = False
) -> tuple[Origin, ...]:
    """Turn hits, nearest first, into origins: the exact ones (that give ``first_piece`` before others), then the rest.

    A place is exact where it is verified and no nearer one gives the same piece of the value. Where several places give
    the same piece with the same value, the nearest may have had no effect: there a trial decides.
    """
    covered: frozenset[str] = NOTHING
    exact: list[tuple[bool, Origin]] = []
    rest: list[Origin] = []
    enclosing: list[Origin] = []
    for index, hit in enumerate(hits):
        span, found = places.resolve(hit.place, on_key=on_key)
        effective = found and hit.verified and covered != WHOLE and not (hit.pieces and hit.pieces <= covered)
        if effective and _has_effect(hit, hits[index + 1 :], partial(trial, span)):
            covered |= hit.pieces
            exact.append((first_piece not in hit.pieces, Origin(span, exact=True, why=hit.why)))
        else:
            (enclosing if hit.encloses else rest).append(Origin(span, exact=False, why=hit.why))
    exact.sort(key=lambda entry: entry[0])
    return _distinct([origin for _, origin in exact] + (rest or enclosing[: 0 if exact else 1]))


def _has_effect(hit: Hit, deeper: Sequence[Hit], trial: Callable[[], bool | None]) -> bool:
    contested = any(other.verified and other.pieces & hit.pieces for other in deeper)
    if hit.certain and not contested:
        return True
    changed = trial()
    return hit.certain if changed is None else changed


def _distinct(origins: list[Origin]) -> tuple[Origin, ...]:
    kept: dict[tuple[str, int, int], Origin] = {}
    for origin in origins:
        kept.setdefault((origin.span.path, origin.span.line, origin.span.column), origin)
    return tuple(kept.values())
