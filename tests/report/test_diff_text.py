from __future__ import annotations

from gitlint_ops.lint.diff import Diff
from gitlint_ops.lint.diff.model import NotCompared
from gitlint_ops.report.diff_markdown import render_diff_markdown
from gitlint_ops.report.diff_text import render_diff_text
from gitlint_ops.report.html.diff import render_diff_html
from gitlint_ops.report.markdown import text_of
from gitlint_ops.source.submodules import SubmoduleChange


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


def test_submodules_are_named_with_their_commits() -> None:
    changes = (
        SubmoduleChange("lib", "a" * 40, "b" * 40),
        SubmoduleChange("new", "", "b" * 40, "it is not checked out: run 'git submodule update --init new'"),
    )
    text = render_diff_text(Diff("main", "c" * 40, submodules=changes), color=False, width=160)
    assert text.splitlines()[:3] == [
        "Submodules",
        "  lib: aaaaaaaaaaaa -> bbbbbbbbbbbb; its content is compared",
        f"  new: new -> bbbbbbbbbbbb; its content is not compared: {changes[1].gap}",
    ]
    shown = render_diff_markdown(Diff("main", "c" * 40, submodules=changes))
    assert f"**Submodules:**\n\n- {text_of('lib: aaaaaaaaaaaa -> bbbbbbbbbbbb; its content is compared')}\n" in shown
    page = render_diff_html(Diff("main", "c" * 40, submodules=changes))
    assert "<li>lib: aaaaaaaaaaaa -&gt; bbbbbbbbbbbb; its content is compared</li>" in page
