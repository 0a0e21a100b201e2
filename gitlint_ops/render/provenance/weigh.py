"""Weighing of hits: whether what a place says is the rendered value, or a part of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from gitlint_ops.render.provenance.hit import NOTHING, WHOLE, Hit, Subject
from gitlint_ops.render.provenance.match import MISSING, is_container, same, scalar_text
from gitlint_ops.render.provenance.transforms import image_pieces

_LEGACY_VARIABLE = re.compile(r"\$\([A-Za-z0-9_.-]+\)")


def weighed(hit: Hit, subject: Subject, names: Collection[str], *, on_key: bool) -> Hit:
    """Give the hit with its ``pieces`` and ``verified`` judged by its value. ``names`` are those of the unit's objects.

    A hit without a value was judged where it was found. For a key, being there is enough.
    """
    if hit.value is MISSING or not hit.verified:
        return hit
    if on_key or same(hit.value, subject.value):
        return hit
    if is_container(hit.value) or is_container(subject.value):
        return replace(hit, verified=False)
    if subject.is_image and image_pieces(hit.value, subject):
        return replace(hit, pieces=image_pieces(hit.value, subject))
    return _part(hit, subject, names)


def _part(hit: Hit, subject: Subject, names: Collection[str]) -> Hit:
    """Weigh a text that is not the rendered one but may have become it: a name that Kustomize changed, a ``$(VAR)``."""
    text, rendered = scalar_text(hit.value), scalar_text(subject.value)
    if text and text in rendered and (subject.path == ("metadata", "name") or rendered in names):
        return replace(hit, pieces=WHOLE)
    if _LEGACY_VARIABLE.search(text) and _expands(text, rendered):
        return replace(hit, pieces=NOTHING)
    return replace(hit, verified=False)


def _expands(text: str, rendered: str) -> bool:
    """Whether a text is another one with something in place of its variables."""
    first, *middle, last = _LEGACY_VARIABLE.split(text)
    at, end = len(first), len(rendered) - len(last)
    for piece in middle:
        found = rendered.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end and rendered.startswith(first) and rendered.endswith(last)
