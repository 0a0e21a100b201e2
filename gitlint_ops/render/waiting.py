"""Deliveries that need not be rendered to know what else there is, as a change cannot touch them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gitlint_ops.render.answers import Difference
from gitlint_ops.render.claims import Claims
from gitlint_ops.render.contents import Contents, Texts
from gitlint_ops.render.declared import LOOKED_UP_BY_NAME, may_declare
from gitlint_ops.render.plan import Request, key_of
from gitlint_ops.render.untouched import Untouched
from gitlint_ops.repo import Context
from gitlint_ops.repo.model import Delivery, Unit

Work = Sequence[tuple[Delivery, Unit, Request]]
"""The units of deliveries, one delivery after the other, each with the request that renders it."""
_PIECES = re.compile(r"[^-._]+")


class Waiting:
    """Knows which deliveries a change cannot touch, and which of these can wait until somebody asks for an object."""

    def __init__(self, context: Context, claims: Claims, difference: Difference) -> None:
        self._untouched = Untouched(context, claims, difference)
        self._texts = Texts(context.tree, claims)
        self._work: dict[str, list[tuple[Unit, Request]]] = {}
        self._contents: dict[str, list[Contents]] = {}
        self.requests: dict[str, tuple[str, ...]] = {}
        """By the id of each delivery that the change cannot touch: the keys of the requests that render its units."""

    def note(self, work: Work) -> None:
        """Judge deliveries: the change cannot touch those of which it touches no unit."""
        judged = self._untouched.among([(unit, request) for _, unit, request in work])
        touched = {delivery.id for (delivery, _, _), is_untouched in zip(work, judged, strict=True) if not is_untouched}
        for delivery, unit, request in work:
            self._work.setdefault(delivery.id, []).append((unit, request))
        self.requests |= {
            name: tuple(key_of(request) for _, request in self._work[name])
            for name in {delivery.id for delivery, _, _ in work} - touched
        }

    def can_wait(self, delivery: Delivery) -> bool:
        """Whether the change cannot touch a delivery, and others need nothing that it gives but by name.

        What nothing delivers gives others nothing: they see the files.
        """
        if delivery.id not in self.requests:
            return False
        return delivery.controller == "none" or not any(may_declare(c.unit, c.holds) for c in self._of(delivery))

    def may_give(self, delivery: Delivery, kind: str, name: str) -> bool:
        """Whether an object that others look up may come from a delivery: each piece of its name stands in it."""
        is_asked = kind in LOOKED_UP_BY_NAME and delivery.controller != "none"
        return is_asked and self._hold(delivery, (kind, *_PIECES.findall(name)))

    def mentioning(self, deliveries: Iterable[Delivery], words: Sequence[str]) -> frozenset[str]:
        """Give the ids of those of some deliveries in which one of the words stands."""
        return frozenset(d.id for d in deliveries if any(self._hold(d, (word,)) for word in words))

    def _hold(self, delivery: Delivery, words: Iterable[str]) -> bool:
        """Whether all the words stand in one unit: a name may be put together from several places."""
        return any(all(map(contents.mentions, words)) for contents in self._of(delivery))

    def _of(self, delivery: Delivery) -> list[Contents]:
        if delivery.id not in self._contents:
            self._contents[delivery.id] = [self._texts.of(*one) for one in self._work.get(delivery.id, ())]
        return self._contents[delivery.id]
