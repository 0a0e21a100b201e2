"""A report as JUnit XML, in the common form that Jenkins and GitLab read.

Source: https://docs.gitlab.com/ci/testing/unit_test_reports/ (names must differ; ``system-out`` has active tags, so
none is written); Jenkins keeps one ``failure`` a case, and the schema of its xUnit plugin, junit-10.xsd, has no
attribute ``file`` of a case: the path is in its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from gitlint_ops.lint.model import Finding, Report, Skipped
from gitlint_ops.report.escape import printable
from gitlint_ops.report.scope import active

_NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 refuses of the characters that ``printable`` leaves."""


def render_junit(report: Report) -> str:
    """Give one suite of the rules and one of what could not be checked.

    Each finding is a failed case, a suppressed one a skipped case, and each rule that found nothing a passed case; what
    failed to render or could not be read is an error, what was left unrendered a skipped case.
    """
    rules = _suite("gitlint-ops", [*_findings(report), *_passed(report)])
    rules.set("time", f"{report.elapsed_ms / 1000:.3f}")
    suites = [rules, _suite("gitlint-ops coverage", _coverage(report))]
    root = ET.Element("testsuites", _totals(suites))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", {"name": name, "tests": str(len(cases))})
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    for attribute, tag in kinds.items():
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", "0.000")
    suite.extend(_with_own_names(cases))
    return suite


def _totals(suites: Iterable[ET.Element]) -> dict[str, str]:
    keys = ("tests", "failures", "errors")
    return {key: str(sum(int(suite.get(key, "0")) for suite in suites)) for key in keys}


def _with_own_names(cases: Iterable[ET.Element]) -> Iterable[ET.Element]:
    """Give the cases, those of one name numbered: readers keep only the first of each."""
    seen: Counter[tuple[str | None, str]] = Counter()
    for case in cases:
        key = (case.get("classname"), case.get("name", ""))
        seen[key] += 1
        if seen[key] > 1:
            case.set("name", f"{key[1]} ({seen[key]})")
        yield case


def _findings(report: Report) -> list[ET.Element]:
    return [*map(_failed, active(report)), *(_accepted(f) for f in report.findings if f.suppression)]


def _failed(finding: Finding) -> ET.Element:
    case = _case(finding.rule, _name(finding))
    failure = ET.SubElement(case, "failure", {"message": _text(finding.message), "type": finding.severity})
    failure.text = "\n".join(map(_text, _details(finding)))
    return case


def _details(finding: Finding) -> list[str]:
    span = finding.span
    lines = [f"{span.path}:{span.line}:{span.column}: {finding.message}"]
    lines += [f"in {', '.join(finding.environments)}"] if finding.environments else []
    lines += [f"see {r.span.path}:{r.span.line}:{r.span.column}: {r.message}" for r in finding.related]
    lines += [f"fix: {finding.fix.description}"] if finding.fix else []
    return [*lines, finding.help_uri] if finding.help_uri else lines


def _accepted(finding: Finding) -> ET.Element:
    case = _case(finding.rule, _name(finding))
    accepted = finding.suppression
    reason = f"accepted by {accepted.kind}: {accepted.reason or 'no reason given'}" if accepted else ""
    ET.SubElement(case, "skipped", {"message": _text(reason)})
    return case


def _passed(report: Report) -> list[ET.Element]:
    found = {finding.rule for finding in report.findings}
    return [_case(rule.name, "no findings") for rule in report.rules if rule.name not in found]


def _coverage(report: Report) -> list[ET.Element]:
    coverage = report.coverage
    cases = [_gap(gap, "error") for gap in (*coverage.failed, *coverage.unreadable)]
    cases += [_gap(gap, "skipped") for gap in (*coverage.skipped, *coverage.unchecked)]
    return [*cases, _case("coverage", f"{coverage.rendered} of {coverage.units} units rendered")]


def _gap(gap: Skipped, tag: str) -> ET.Element:
    case = _case("coverage", f"{gap.path} ({gap.unit})" if gap.path else gap.unit)
    ET.SubElement(case, tag, {"message": _text(gap.reason)})
    return case


def _case(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _text(classname), "name": _text(name), "time": "0"})


def _name(finding: Finding) -> str:
    return f"{finding.span.path}:{finding.span.line}:{finding.span.column}"


def _text(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", printable(text))
