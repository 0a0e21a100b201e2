"""What a run looked at, and what it could not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gitlint_ops.lint.model import Coverage, Skipped
from gitlint_ops.lint.older_controllers import older_controllers
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.lint.unevaluated import unevaluated_rules
from gitlint_ops.render.model import Rendering
from gitlint_ops.repo.model import Unrendered
from gitlint_ops.source import SourceTree

if TYPE_CHECKING:
    from gitlint_ops.repo.pipelines import Gap

NOT_READ = ("unreadable", "too-large", "outside-root")
"""Kinds of problems that leave a whole file unread."""


def coverage_of(
    tree: SourceTree, rendering: Rendering, gaps: Iterable[Gap] = (), controllers: Mapping[str, str] | None = None
) -> Coverage:
    """Give the coverage: units rendered, skipped and failed (each cause once), files read and not, assumptions.

    ``gaps`` are the parts of CI pipelines that could not be read; ``controllers`` the configured versions.
    """
    skipped = tuple(_listed(rendering, failed=False))
    failed = tuple(_listed(rendering, failed=True))
    return Coverage(
        units=rendering.rendered_units + len(skipped) + len(failed),
        rendered=rendering.rendered_units,
        skipped=skipped,
        failed=failed,
        files=len(tree.yaml_files),
        objects=sum(len(objects) for objects in rendering.objects.values()),
        unreadable=tuple(
            Skipped(problem.kind, problem.span.path, problem.message)
            for problem in tree.problems()
            if problem.kind in NOT_READ
        ),
        assumptions=tuple(rendering.graph.assumptions),
        unchecked=(
            *(Skipped("pipeline", gap.path, without_user_info(gap.reason)) for gap in gaps),
            *unevaluated_rules(tree, rendering),
            *(Skipped("values schema", path, without_user_info(reason)) for path, reason in rendering.unchecked),
            *older_controllers(rendering, controllers or {}),
        ),
    )


def _listed(rendering: Rendering, *, failed: bool) -> Iterator[Skipped]:
    seen: set[Skipped] = set()
    for _, item in rendering.unrendered:
        entry = Skipped(item.unit, item.path or _declared_in(item), without_user_info(item.reason))
        if item.failed == failed and entry not in seen:
            seen.add(entry)
            yield entry


def _declared_in(item: Unrendered) -> str:
    return item.span.path if item.span else ""
