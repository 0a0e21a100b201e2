"""Deliveries below the ones that create them, from the plain value that ``inspect`` makes; circles are no trap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]


class Forest:
    """The deliveries of a layout as trees.

    ``deliveries`` and ``roots`` are by delivery id; ``tops`` are those that no other one creates, and one of each
    circle of parents, which no top leads to.
    """

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self.roots: dict[str, Entry] = {root["delivery"]: root for root in layout["roots"]}
        self.deliveries: dict[str, Entry] = {delivery["id"]: delivery for delivery in layout["deliveries"]}
        self._children: dict[str, list[Entry]] = {}
        for delivery in layout["deliveries"]:
            self._children.setdefault(self._parent(delivery), []).append(delivery)
        self.tops: list[Entry] = [*self._children.get("", ()), *self._circular()]

    def children(self, delivery: str) -> Sequence[Entry]:
        """Give what a delivery creates, by id."""
        return self._children.get(delivery, ())

    def below(self, delivery: str) -> Iterator[Entry]:
        """Give everything below a delivery, at any depth, each once and without itself."""
        seen, waiting = {delivery}, [delivery]
        while waiting:
            for child in self.children(waiting.pop()):
                if child["id"] not in seen:
                    seen.add(child["id"])
                    waiting.append(child["id"])
                    yield child

    def _parent(self, delivery: Entry) -> str:
        parent: str = delivery["parent"]
        return parent if parent in self.deliveries and parent != delivery["id"] else ""

    def _circular(self) -> list[Entry]:
        seen: set[str] = set()
        firsts: list[Entry] = []
        for delivery in [*self._children.get("", ()), *self.deliveries.values()]:
            if delivery["id"] not in seen:
                firsts += [] if not self._parent(delivery) else [delivery]
                seen |= {delivery["id"], *(child["id"] for child in self.below(delivery["id"]))}
        return firsts
