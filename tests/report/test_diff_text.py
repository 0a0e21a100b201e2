from __future__ import annotations

from gitlint_ops.lint.diff import Diff
from gitlint_ops.lint.diff.model import NotCompared
from gitlint_ops.report.diff_text import render_diff_text


def _gaps(count: int) -> tuple[NotCompared, ...]:
    return tuple(NotCompared(f"overlays/{number}", "", "head", "needs the network") for number in range(count))


def test_a_reason_is_told_once_with_its_deliveries() -> None:
    text = render_diff_text(Diff("main", "c" * 40, not_compared=_gaps(9)), color=False, width=100)
    lines = text.splitlines()
    assert lines[:4] == ["Not compared", "  not rendered in the work tree: needs the network", *_named(0, 1)]
    assert lines[8] == "    and 3 more deliveries (--verbose shows them)"
    assert render_diff_text(
        Diff("main", "c" * 40, not_compared=_gaps(9)), color=False, width=100, verbose=True
    ).splitlines()[2:11] == _named(*range(9))


def _named(*numbers: int) -> list[str]:
    return [f"      overlays/{number}" for number in numbers]
