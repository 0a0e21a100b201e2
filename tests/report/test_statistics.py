from __future__ import annotations

from dataclasses import replace

from gitlint_ops.report.text import Layout, render_text
from gitlint_ops.source.model import Span
from tests.report import samples


def shown(*findings: samples.Finding) -> str:
    return render_text(
        samples.report(*findings), color=False, width=80, verbose=False, layout=Layout(quiet=True, statistics=True)
    )


def test_each_rule_is_counted_the_heaviest_and_most_frequent_first() -> None:
    elsewhere = replace(samples.IMAGE, span=Span("other.yaml", 1))
    lines = shown(samples.NEAREST, samples.SECRET, samples.IMAGE, samples.IMAGE, elsewhere, samples.ACCEPTED)
    assert lines.splitlines()[:4] == [
        "3 error   mutable-image-tag  in 2 files",
        "1 error   secret-value       in 1 file",
        "1 info    not-rendered       in 1 file",
        "",
    ]


def test_nothing_found_is_no_table() -> None:
    assert shown() == ""
