from __future__ import annotations

from dataclasses import replace

from gitlint_ops import __version__
from gitlint_ops.fleet import Outcome, merged
from gitlint_ops.lint.model import Coverage, Edit, Finding, Member, Skipped
from gitlint_ops.source.model import Span
from tests.report import samples

FIRST = samples.report(samples.NEAREST, samples.IMAGE, coverage=samples.GAPS)
SECOND = samples.report(samples.IMAGE)


def test_each_place_begins_with_its_repository() -> None:
    report = merged([Outcome("team/web", SECOND)])
    (finding,) = report.findings
    assert finding.repository == "team/web"
    assert finding.span == Span(f"team/web/{samples.KUSTOMIZATION}", 14, 13, 14, 19)
    assert [related.span.path for related in finding.related] == [f"team/web/{samples.DEPLOYMENT}"]
    assert finding.fix is not None
    assert finding.fix.edits == (Edit(finding.span, "1.4.2"),)
    assert report.lines[f"team/web/{samples.KUSTOMIZATION}"] == {14: "    newTag: latest"}


def test_the_order_of_the_outcomes_says_nothing() -> None:
    outcomes = [Outcome("b", SECOND), Outcome("a", FIRST), Outcome("c", reason="it is no repository", exit_code=2)]
    assert merged(outcomes) == merged(reversed(outcomes))


def test_the_heaviest_findings_come_first() -> None:
    found = merged([Outcome("a", FIRST), Outcome("b", SECOND)]).findings
    assert [(finding.severity, finding.repository) for finding in found] == [
        ("error", "a"),
        ("error", "b"),
        ("info", "a"),
    ]


def test_one_defect_in_two_repositories_is_two_findings() -> None:
    found = merged([Outcome("a", SECOND), Outcome("b", SECOND)]).findings
    prints = [finding.fingerprint for finding in found]
    assert len(set(prints)) == 2
    assert {len(text) for text in prints} == {len(samples.IMAGE.fingerprint)}


def test_gaps_and_counts_are_added() -> None:
    coverage = merged([Outcome("a", FIRST), Outcome("b", SECOND)]).coverage
    assert (coverage.units, coverage.rendered, coverage.files, coverage.objects) == (8, 4, 18, 28)
    assert coverage.failed == (Skipped("a: helm:charts/bad", "a/charts/bad", "parse error at line 3"),)
    assert coverage.unreadable == (Skipped("a: too-large", "a/big.yaml", "52,428,800 bytes, the limit is 10,485,760"),)
    assert coverage.assumptions == ("a: https://github.com/acme/web is taken for this repository",)


def test_what_was_not_checked_is_a_gap() -> None:
    outcomes = [Outcome("a", reason="it took too long", exit_code=3), Outcome("b", reason="nothing is in it")]
    report = merged(outcomes)
    assert report.coverage == Coverage(
        0,
        0,
        (),
        (),
        unreadable=(Skipped("repository", "a", "it took too long"),),
        unchecked=(Skipped("repository", "b", "nothing is in it"),),
    )
    assert report.fleet == (
        Member("a", reason="it took too long", exit_code=3),
        Member("b", reason="nothing is in it"),
    )


def test_a_repository_is_known_by_what_was_in_it() -> None:
    assert merged([Outcome("a", FIRST)]).fleet == (
        Member("a", files=9, units=6, rendered=2, objects=14, elapsed_ms=1250),
    )


def test_every_rule_that_ran_is_there_once() -> None:
    own = replace(samples.RULE, name="a-rule", builtin=False)
    report = merged([Outcome("a", SECOND), Outcome("b", replace(SECOND, rules=(own, samples.RULE)))])
    assert [rule.name for rule in report.rules] == ["a-rule", "mutable-image-tag", "secret-value"]
    assert report.tool_version == __version__


def test_bytes_that_are_no_text_have_a_fingerprint() -> None:
    report = merged([Outcome("a\udcff", SECOND)])
    assert isinstance(report.findings[0], Finding)
