from __future__ import annotations

from gitlint_ops.lint.diff import Danger, Diff, FieldDiff, Group, Place, Reach
from gitlint_ops.report.diff_markdown import render_diff_markdown
from gitlint_ops.report.markdown import MAX_BYTES


def _group(number: int, value: str = "b", dangers: tuple[Danger, ...] = ()) -> Group:
    place = Place("argocd:Application/argocd/web", "prod", "", "ConfigMap", "web", f"web-{number}", production=True)
    field = FieldDiff("data.a", "changed", "a", value)
    return Group("changed", f"ConfigMap web-{number}", (place,), (field,), dangers, None, 100 - number)


def _diff(*groups: Group) -> Diff:
    return Diff("main", "c" * 40, groups, Reach(("prod",), ("prod",), deliveries=1, changed=len(groups)))


def test_a_comment_holds_the_most_dangerous_and_counts_the_rest() -> None:
    text = render_diff_markdown(_diff(*(_group(number, "x" * 150) for number in range(500))))
    assert len(text.encode()) <= MAX_BYTES
    assert "ConfigMap web-0 changed in prod" in text
    shown = text.count("\n### ")
    assert f"\n{500 - shown} more changes left out here, none more dangerous: `gitlint-ops diff` shows all.\n" in text


def test_dangers_are_named_with_their_reasons() -> None:
    text = render_diff_markdown(_diff(_group(0, dangers=(Danger("data-loss", "the data goes"),))))
    assert "### ConfigMap web-0 changed in prod — **data-loss**" in text
    assert "- **data-loss**: the data goes" in text


def test_no_value_closes_the_fence_or_forges_markup() -> None:
    text = render_diff_markdown(_diff(_group(0, "```\n# forged\n````x")))
    assert "`````diff" in text
    assert text.count("`````") == 2
