"""Draws the cost of a check by the number of rendered objects, on logarithmic scales, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypedDict

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 60, 48, 16, 150
OURS, THEIRS, QUIET = "#0969da", "#9a6700", "#6e7781"


class Point(TypedDict):
    """The wall seconds of both sides for a number of rendered objects; ``theirs`` None where the peer was not run."""

    objects: int
    ours: float
    peer: str
    theirs: float | None


def draw(points: Sequence[Point]) -> str:
    """Give the picture of the points, a line for each side."""
    ours = [(point["objects"], point["ours"]) for point in points]
    theirs = [(point["objects"], point["theirs"]) for point in points if point["theirs"] is not None]
    place = _Scale([*ours, *theirs])
    peer = next((point["peer"] for point in points if point["peer"]), "")
    parts = [*place.grid(), *_line(place, ours, OURS, "gitlint-ops check"), *_line(place, theirs, THEIRS, peer)]
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *parts, "</svg>"]) + "\n"


class _Scale:
    """Where a number of objects and of seconds stands in the picture."""

    def __init__(self, points: Sequence[tuple[int, float]]) -> None:
        objects, seconds = zip(*points, strict=True)
        self._objects = (math.floor(math.log10(min(objects))), math.ceil(math.log10(max(objects))))
        self._seconds = (math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))))

    def x(self, objects: float) -> float:
        low, high = self._objects
        return LEFT + (math.log10(objects) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        low, high = self._seconds
        return HEIGHT - BOTTOM - (math.log10(seconds) - low) / (high - low) * (HEIGHT - BOTTOM - TOP)

    def grid(self) -> Iterable[str]:
        """Give a line and a label for each power of ten."""
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for power in range(self._objects[0], self._objects[1] + 1):
            x = self.x(10**power)
            yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="#d0d7de"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="{QUIET}">{10**power:,}</text>'
        for power in range(self._seconds[0], self._seconds[1] + 1):
            y = self.y(10.0**power)
            yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#d0d7de"/>'
            yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{QUIET}">{10.0**power:g} s</text>'
        yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">rendered objects</text>'


def _line(place: _Scale, points: Sequence[tuple[int, float]], color: str, name: str) -> Iterable[str]:
    if not points:
        return
    places = [(place.x(objects), place.y(seconds)) for objects, seconds in points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places)
    yield f'<text x="{places[-1][0] + 8:.1f}" y="{places[-1][1] + 4:.1f}" fill="{color}">{name}</text>'
