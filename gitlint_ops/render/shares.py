"""One of several runs over a repository renders a part of its deliveries: which one, all of them work out alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.profiling import name_of
from gitlint_ops.render.answers import Answers, Difference
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.repository import Sketch, render_repository, sketch_repository
from gitlint_ops.source import SourceTree

_NOTHING_DIFFERS = Difference((), ())


@dataclass(frozen=True, slots=True)
class Share:
    """The ``index``-th (1-based) of ``count`` runs; ``costs`` are what units took before, by the request's name."""

    index: int
    count: int
    costs: Mapping[str, float] = field(default_factory=dict)


def render_share(
    tree: SourceTree, engine: EngineClient, config: Config, share: Share | None, answers: Answers | None = None
) -> tuple[Rendering, tuple[str, ...]]:
    """Find every delivery, and render those of a share; give the rendering and the ids of the share's deliveries.

    Neighbours, which tend to have bases in common, stay together. Whoever judges needs all objects: the first share
    renders all deliveries; so does a run without a share. Takes and raises what ``render_repository`` does.
    """
    if share is None:
        rendering = render_repository(tree, engine, config, answers)
        return rendering, tuple(rendering.graph.deliveries)
    sketch = sketch_repository(tree, engine, config, answers, _NOTHING_DIFFERS)
    names = sorted(sketch.deliveries)
    parts = divided([_cost(sketch, name, share.costs) for name in names], share.count)
    own = tuple(name for name, part in zip(names, parts, strict=True) if part == share.index)
    left_out = frozenset() if share.index == 1 else frozenset(names).difference(own)
    return sketch.render(left_out), own


def _cost(sketch: Sketch, name: str, costs: Mapping[str, float]) -> float:
    """Give what a delivery took before; where nothing is known of any, the number of its files."""
    if not costs:
        return max(1, sketch.count_files(name))
    usual = fmean(costs.values())
    return sum(costs.get(name_of(json.loads(request)), usual) for request in sketch.untouched.get(name, ()))


def divided(costs: Sequence[float], count: int) -> list[int]:
    """Cut a row into ``count`` parts of about equal cost; give each item's part, 1-based."""
    total, before, parts = sum(costs) or 1.0, 0.0, []
    for cost in costs:
        parts.append(1 + min(count - 1, int((before + cost / 2) / total * count)))
        before += cost
    return parts
