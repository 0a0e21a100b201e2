"""Argo CD's sync windows: whether one is always open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DAY = 24 * 60
_UNIT_MINUTES = {"h": 60.0, "m": 1.0, "s": 1 / 60}
_STEP = re.compile(r"(?P<start>\d{1,9}|\*)(?:-(?P<end>\d{1,9}))?(?:/(?P<step>[1-9]\d{0,8}))?")


def blocks_always(window: Mapping[str, Any]) -> bool:
    """Whether a window opens again before it closes, on every day; a schedule that cannot be read does not."""
    fields = str(window.get("schedule") or "").split()
    lasts = duration_minutes(str(window.get("duration") or ""))
    if len(fields) != 5 or any(field not in ("*", "?") for field in fields[2:]):
        return False
    starts = sorted(60 * hour + minute for hour in values(fields[1], 24) for minute in values(fields[0], 60))
    if not starts:
        return False
    gaps = [after - before for before, after in zip(starts, [*starts[1:], starts[0] + _DAY], strict=True)]
    return lasts >= max(gaps)


def values(field: str, size: int) -> set[int]:
    """Give the values below ``size`` that a cron field (``*``, ``1,2``, ``8-17``, ``*/5``) names; none for others."""
    found: set[int] = set()
    for part in field.split(","):
        match = _STEP.fullmatch(part)
        if match is None:
            return set()
        first = 0 if match["start"] == "*" else int(match["start"])
        single = match["start"] != "*" and match["end"] is None and match["step"] is None
        last = int(match["end"]) if match["end"] else first if single else size - 1
        found.update(range(first, min(last, size - 1) + 1, int(match["step"] or 1)))
    return found


def duration_minutes(text: str) -> float:
    """Give a Go duration (``1h30m``) in minutes, 0 for what is none."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms])", text)
    return sum(float(number) * _UNIT_MINUTES[unit] for number, unit in parts)
