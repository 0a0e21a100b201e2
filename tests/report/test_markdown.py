from __future__ import annotations

from dataclasses import replace

import pytest

from gitlint_ops.report import markdown
from gitlint_ops.report.markdown import render_markdown
from tests.report import samples


def test_a_whole_report() -> None:
    report = samples.report(samples.NEAREST, samples.IMAGE, samples.ACCEPTED, coverage=samples.GAPS)
    url = "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md"
    assert render_markdown(report) == (
        f"""## gitlint-ops

**1 error**, **1 info** (1 suppressed) in 9 files, 2 of 6 units rendered.

| | Rule | Place | Problem |
|---|---|---|---|
| error | [mutable-image-tag]({url}) | \
<code>apps/web/overlays/prod/kustomization.yaml&#58;14</code> | \
Deployment web runs ghcr.io/acme/web&#58;latest, a tag that can change under it.<br>in stage, prod<br>fix: Pin the \
tag. |
| info | not-rendered | <code>clusters/prod/web.yaml&#58;3</code> | The chart needs the network. |

<details><summary>Failed to render: 1</summary>

- <code>charts/bad</code>: parse error at line 3

</details>

<details><summary>Not read: 1</summary>

- <code>big.yaml</code>: 52,428,800 bytes, the limit is 10,485,760

</details>

<details><summary>Not rendered: 5</summary>

- <code>apps/a</code>: needs the network&#58; https&#58;//x.example
- <code>apps/b</code>: needs the network&#58; https&#58;//x.example
- <code>apps/c</code>: needs the network&#58; https&#58;//x.example
- <code>apps/d</code>: needs the network&#58; https&#58;//x.example
- <code>apps/e</code>: needs the network&#58; https&#58;//x.example

</details>
"""
    )


def test_a_comment_keeps_the_heaviest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MAX_BYTES", 1000)
    light = [replace(samples.NEAREST, fingerprint=str(number), help_uri="") for number in range(50)]
    text = render_markdown(samples.report(*light, samples.SECRET))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[1].startswith("| error | secret-value |")
    assert len(text.encode()) <= 1000
    assert f"\n{51 - (len(rows) - 1)} more findings left out here: the full report has all.\n" in text


def test_a_word_that_mentions_is_code() -> None:
    finding = replace(samples.SECRET, message="ask @admin, see #1")
    assert "ask <code>&#64;admin,</code> see <code>&#35;1</code>" in render_markdown(samples.report(finding))


def test_many_environments_are_counted() -> None:
    finding = replace(samples.SECRET, environments=tuple("abcdefgh"))
    assert "<br>in a, b, c, d, e, f and 2 more |" in render_markdown(samples.report(finding))


def test_a_crashed_check_is_told() -> None:
    report = replace(samples.report(), defects=(RuntimeError("the rule x crashed"),))
    assert "**1 check of ours crashed: the list may be incomplete.**" in render_markdown(report)
