from __future__ import annotations

import pytest

from gitlint_ops.lint.diff import Danger, Diff, FieldDiff, Group, Place, Reach
from gitlint_ops.lint.diff.model import CausedBy, NotCompared
from gitlint_ops.report.html import diff as page
from gitlint_ops.report.html.diff import render_diff_html
from gitlint_ops.source import Span
from tests.report.readers import read_html

HOSTILE = "</pre><script>alert(1)</script>\x1b[31m"
PLACE = Place("argocd:Application/argocd/web", "prod", "", "Deployment", "shop", "web", production=True)
GROUP = Group(
    "changed",
    "Deployment web",
    (PLACE,),
    (FieldDiff("spec.replicas", "changed", 3, 1),),
    (Danger("lost-replicas", "replicas 3 becomes 1"),),
    CausedBy(Span("base/deployment.yaml", 5), "head"),
    61,
)


def _diff(*groups: Group, gaps: tuple[NotCompared, ...] = ()) -> Diff:
    reach = Reach(("prod",), ("prod",), deliveries=1, workloads=1, changed=len(groups))
    return Diff("main", "c" * 40, groups, reach, gaps, 61, "0.1.0")


def test_a_change_has_its_line_its_reasons_its_fields_and_its_objects() -> None:
    text = render_diff_html(_diff(GROUP))
    assert (
        '<article class="finding warning"><h3><strong>Deployment web</strong> changed in prod</h3>'
        '<p class="place"><code>base/deployment.yaml:5</code></p>'
        "<ul><li><strong>lost-replicas</strong>: replicas 3 becomes 1</li></ul>"
        '<pre tabindex="0"><del>- spec.replicas: 3</del>\n<ins>+ spec.replicas: 1</ins>\n</pre>'
        "<details><summary>1 object</summary><ul>"
        "<li>Deployment shop/web in prod of <code>argocd:Application/argocd/web</code></li></ul></details></article>"
    ) in text
    assert '<li class="error">production: prod</li>' in text
    assert "Compared with main (merge base cccccccccccc); danger score 61." in text


def test_the_page_has_the_content_policy_of_the_report_and_loads_nothing() -> None:
    tags, _ = read_html(render_diff_html(_diff(GROUP)))
    attributes = {attribute for tag in tags for attribute in tag.split()[1:]}
    assert not attributes & {"src", "srcset", "style", "action", "data"}
    assert 'http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;;' in render_diff_html(_diff())


def test_a_repository_s_text_forges_no_markup() -> None:
    place = Place(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, fate=HOSTILE)
    fields = (FieldDiff(HOSTILE, "changed", HOSTILE, {HOSTILE: [HOSTILE]}, HOSTILE),)
    cause = CausedBy(Span(HOSTILE, 1), "base")
    group = Group("removed", HOSTILE, (place,), fields, (Danger("data-loss", HOSTILE),), cause, 1)
    text = render_diff_html(_diff(group, gaps=(NotCompared(HOSTILE, HOSTILE, "base", HOSTILE),)))
    assert text.count("<script>") == text.count("</script>") == 1
    assert "alert(1)" in text
    assert "\x1b" not in text


def test_what_is_not_compared_is_told() -> None:
    text = render_diff_html(_diff(gaps=(NotCompared("overlays/prod", "prod", "base", "needs the network"),)))
    assert (
        "<li>not rendered in the base commit: needs the network<ul><li><code>overlays/prod</code></li></ul></li>"
        in text
    )


def test_a_page_that_would_be_too_long_counts_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAX_GROUPS", 1)
    monkeypatch.setattr(page, "_FIELD_LIMIT", 0)
    text = render_diff_html(_diff(GROUP, GROUP, GROUP))
    assert "<p>2 more changes left out, none more dangerous.</p>" in text
    assert "<p>1 more field</p>" in text
