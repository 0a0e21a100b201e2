"""The shape as a plain value: what ``inspect`` shows and its JSON contract names."""

from __future__ import annotations

from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.shape.facts import gather
from gitlint_ops.lint.shape.judge import judge
from gitlint_ops.lint.shape.watch import watch_out


def describe_shape(context: CheckContext) -> dict[str, Any]:
    """Give the shape's name, its patterns, the reasons, and what to watch out for with the figures."""
    facts = gather(context)
    shape = judge(facts)
    watched = [
        {"topic": item.topic, "message": item.message, "figures": item.figures, "path": item.path}
        for item in watch_out(context, shape, facts)
    ]
    return {"name": shape.name, "patterns": list(shape.patterns), "reasons": list(shape.reasons), "watch": watched}
