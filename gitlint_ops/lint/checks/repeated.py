"""What a repository does everywhere is one decision: it is said once, not once for each delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gitlint_ops.lint.checks.edits import together
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.model import Delivery

FEW = 4
"""So many findings are always given one by one."""

Found = tuple[Delivery, Violation]


def declaration_of(delivery: Delivery) -> str:
    """Give what declares a delivery: its ApplicationSet's id, else its own."""
    return delivery.generator or delivery.id


def called(context: CheckContext, delivery: Delivery) -> str:
    """Name what a person edits to change a delivery: the ApplicationSet that generates it, else itself."""
    generator = context.graph.generators.get(delivery.generator)
    return f"{delivery.kind} {delivery.name}" if generator is None else f"ApplicationSet {generator.name}"


def said_once(found: Sequence[Found], considered: Sequence[Delivery], how: str) -> Iterator[Violation]:
    """Give the violations of deliveries: one for all where most of those considered have it, one for many copies.

    ``how`` ends the sentence "12 of 14 ...": ``Applications here do not heal``. Copies are declarations of one name
    about which the same is said (one folder for each cloud, say). A single violation stands at the first declaration;
    the others are its related places.
    """
    declared = {declaration_of(delivery) for delivery, _ in found}
    total = len({declaration_of(delivery) for delivery in considered})
    if len(declared) > FEW and 2 * len(declared) > total:
        yield _one(found, f"{len(declared)} of {total} {how}, first of all here: {found[0][1].message}")
        return
    for message, copies in _by_message(found).items():
        count = len({declaration_of(delivery) for delivery, _ in copies})
        if count > FEW:
            yield _one(copies, f"{message} ({count} are declared alike, this is the first)")
        else:
            yield from (violation for _, violation in copies)


def _by_message(found: Sequence[Found]) -> Mapping[str, list[Found]]:
    groups: dict[str, list[Found]] = {}
    for delivery, violation in found:
        groups.setdefault(violation.message, []).append((delivery, violation))
    return groups


def _one(found: Sequence[Found], message: str) -> Violation:
    first = found[0][1]
    others = {d.span: Related(d.span, f"{d.kind} {d.name} too") for d, _ in found[1:] if d.span is not None}
    deliveries = tuple(delivery for delivery, _ in found)
    fix = together([violation.fix for _, violation in found])
    return replace(first, message=message, deliveries=deliveries, related=tuple(others.values()), fix=fix)
