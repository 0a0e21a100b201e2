from __future__ import annotations

from dataclasses import replace

from gitlint_ops.report.github import MAX_ANNOTATIONS, render_github
from gitlint_ops.source.model import Span
from tests.report import samples


def test_a_whole_report() -> None:
    report = samples.report(samples.NEAREST, samples.IMAGE, samples.ACCEPTED, coverage=samples.GAPS)
    assert render_github(report) == (
        "::error file=apps/web/overlays/prod/kustomization.yaml,line=14,col=13,title=gitlint-ops%3A mutable-image-tag::"
        "Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it.%0AIn stage, prod%0A"
        "Fix: Pin the tag.%0A"
        "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md\n"
        "::notice file=clusters/prod/web.yaml,line=3,col=1,title=gitlint-ops%3A not-rendered::"
        "The chart needs the network.\n"
        "gitlint-ops: not checked: charts/bad: parse error at line 3\n"
        "gitlint-ops: not checked: big.yaml: 52,428,800 bytes, the limit is 10,485,760\n"
        "gitlint-ops: 1 error, 1 info\n"
    )


def test_a_step_shows_ten_of_each_kind() -> None:
    many = [replace(samples.SECRET, fingerprint=str(number)) for number in range(MAX_ANNOTATIONS + 3)]
    lines = render_github(samples.report(*many, samples.NEAREST)).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["gitlint-ops:", "::notice", "gitlint-ops:"]
    assert lines[10] == "gitlint-ops: 3 more errors without an annotation: GitHub shows ten a step."


def test_percent_signs_are_escaped_first() -> None:
    finding = replace(samples.SECRET, message="100%0A", span=Span("a%2C,:\n.yaml", 1), environments=())
    assert render_github(samples.report(finding)).splitlines()[0] == (
        "::error file=a%252C%2C%3A%0A.yaml,line=1,col=1,title=gitlint-ops%3A secret-value::100%250A"
    )


def test_a_long_message_is_cut() -> None:
    line = render_github(samples.report(replace(samples.SECRET, message="x" * 9000))).splitlines()[0]
    assert line.endswith("x...")
    assert len(line.rpartition("::")[2]) == 4000


def test_nothing_found_is_said() -> None:
    assert render_github(samples.report()) == "gitlint-ops: no findings\n"
