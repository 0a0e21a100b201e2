"""What cannot be compared, because a side does not render it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from gitlint_ops.render.compare.model import Side, Uncompared
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import NOT_APPLIED, Delivery

_Reasons = Mapping[str, str]
"""Why a delivery lacks objects, by the path of what is not rendered."""


class Gaps:
    """Knows which deliveries lack objects on each side, and whether the change is about them."""

    def __init__(self, base: Rendering, head: Rendering, changed: Collection[str]) -> None:
        self._before = _reasons(base)
        self._after = _reasons(head)
        self._edited = {name for side in (base, head) for path in changed for name in side.readers.get(path, ())}

    def uneven(self, old: Delivery | None, new: Delivery) -> Uncompared | None:
        """Give the gap that only one side has: its objects would seem to have all come, or gone."""
        before = self._before.get(old.id, {}) if old is not None else {}
        after = self._after.get(new.id, {})
        return _other(new, "head", after, before) or (_other(old, "base", before, after) if old is not None else None)

    def hidden(self, old: Delivery | None, new: Delivery) -> Uncompared | None:
        """Give the gap of both sides where the change touches what is behind it: nobody can tell what it does."""
        reasons = self._after.get(new.id)
        edited = {new.id, old.id if old is not None else ""} & self._edited or self._is_declared_anew(old, new)
        return Uncompared(new, "head", next(iter(reasons.values()))) if reasons and edited else None

    def of_removed(self, old: Delivery) -> Uncompared | None:
        """Give the gap of a delivery that goes away: what goes with it is not known in full."""
        reasons = self._before.get(old.id)
        return Uncompared(old, "base", next(iter(reasons.values()))) if reasons else None

    def _is_declared_anew(self, old: Delivery | None, new: Delivery) -> bool:
        return old is not None and old.object != new.object


def _other(delivery: Delivery, side: Side, own: _Reasons, others: _Reasons) -> Uncompared | None:
    reasons = (reason for path, reason in own.items() if others.get(path) != reason)
    return next((Uncompared(delivery, side, reason) for reason in reasons), None)


def _reasons(rendering: Rendering) -> Mapping[str, _Reasons]:
    """Give for each delivery why objects of it are missing: not what would not be applied, nor a single value."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for delivery, gap in rendering.unrendered:
        if delivery is not None and gap.error_kind not in (NOT_APPLIED, "needs-cluster"):
            found[delivery.id].setdefault(gap.path, gap.reason)
    return found
