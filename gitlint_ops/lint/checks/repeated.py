"""What a repository does everywhere is one decision: it is said once, not once for each delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.model import Delivery

FEW = 4
"""So many findings are always given one by one."""

Found = tuple[Delivery, Violation]


def declaration_of(delivery: Delivery) -> str:
    """Give what declares a delivery: its ApplicationSet's id, else its own."""
    return delivery.generator or delivery.id


def said_once(found: Sequence[Found], considered: Sequence[Delivery], how: str) -> Iterator[Violation]:
    """Give the violations of deliveries, as a single one where most of the deliveries considered have them.

    ``how`` ends the sentence "12 of 14 ...": ``Applications here do so``. The single violation stands at the first
    declaration; the others are its related places.
    """
    declared = {declaration_of(delivery): (delivery, violation) for delivery, violation in reversed(found)}
    total = len({declaration_of(delivery) for delivery in considered})
    if len(declared) <= FEW or 2 * len(declared) <= total:
        yield from (violation for _, violation in found)
        return
    _, first = found[0]
    others = [delivery for delivery, _ in reversed(declared.values())][1:]
    message = f"{len(declared)} of {total} {how}, first of all here: {first.message}"
    related = tuple(Related(other.span, f"{other.kind} {other.name} too") for other in others if other.span)
    yield replace(first, message=message, deliveries=tuple(delivery for delivery, _ in found), related=related)
