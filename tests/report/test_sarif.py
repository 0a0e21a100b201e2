"""The strict reading of GitHub code scanning: what it needs, what it refuses, what it would misread."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from gitlint_ops.lint.model import Related, Report
from gitlint_ops.report import render_sarif, sarif
from gitlint_ops.source.model import Span
from tests.report import samples


def run(report: Report) -> dict[str, Any]:
    log = json.loads(render_sarif(report))
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    assert len(log["runs"]) == 1, "several runs of one category are rejected"
    first: dict[str, Any] = log["runs"][0]
    return first


def result(report: Report) -> dict[str, Any]:
    first: dict[str, Any] = run(report)["results"][0]
    return first


def test_one_result_whole() -> None:
    assert result(samples.report(samples.IMAGE)) == {
        "ruleId": "mutable-image-tag",
        "ruleIndex": 0,
        "level": "error",
        "message": {
            "text": "Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it. "
            "Environments: stage, prod. See [the container's image in the base](1)."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "apps/web/overlays/prod/kustomization.yaml"},
                    "region": {"startLine": 14, "startColumn": 13, "endLine": 14, "endColumn": 19},
                }
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "the container's image in the base"},
                "physicalLocation": {
                    "artifactLocation": {"uri": "apps/web/base/deployment.yaml"},
                    "region": {"startLine": 22, "startColumn": 16, "endLine": 22, "endColumn": 40},
                },
            }
        ],
        "partialFingerprints": {"gitlintOps/v1": "f00d"},
    }


def test_a_clean_run_has_results_and_rules() -> None:
    clean = run(samples.report())
    assert clean["results"] == []
    assert clean["columnKind"] == "unicodeCodePoints"
    assert clean["invocations"] == [{"executionSuccessful": True}]
    assert clean["tool"]["driver"]["name"] == "gitlint-ops"
    assert clean["tool"]["driver"]["semanticVersion"] == "1.2.3"
    assert [rule["id"] for rule in clean["tool"]["driver"]["rules"]] == ["mutable-image-tag", "secret-value"]


def test_a_rule_whole() -> None:
    assert run(samples.report())["tool"]["driver"]["rules"][0] == {
        "id": "mutable-image-tag",
        "name": "MutableImageTag",
        "shortDescription": {"text": "A container image is named by a tag that can change under it."},
        "fullDescription": {
            "text": "A container image is named by a tag that can change under it. "
            "Two pods of one Deployment may run different code."
        },
        "help": {
            "text": "Two pods of one Deployment may run different code.\n\nHow to fix: Name a version or a digest.",
            "markdown": "Two pods of one Deployment may run different code.\n\n**How to fix**\n\n"
            "Name a version or a digest.\n\n"
            "[About mutable-image-tag](https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md)",
        },
        "helpUri": "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md",
        "defaultConfiguration": {"level": "warning"},
        "properties": {"precision": "high", "tags": ["images"], "problem.severity": "warning"},
    }


def test_only_security_rules_have_a_security_severity_and_it_is_text() -> None:
    image, secret = run(samples.report())["tool"]["driver"]["rules"]
    assert "security-severity" not in image["properties"]
    assert secret["properties"] == {"precision": "high", "tags": ["secrets", "security"], "security-severity": "8.0"}


def test_suppressed_findings_are_left_out() -> None:
    assert run(samples.report(samples.ACCEPTED))["results"] == []


def test_the_level_is_always_written() -> None:
    finding = replace(samples.IMAGE, severity="warning")
    assert result(samples.report(finding))["level"] == "warning"
    assert result(samples.report(replace(samples.IMAGE, severity="info")))["level"] == "note"


def test_a_span_of_several_lines_is_clipped_to_its_first() -> None:
    known = replace(samples.IMAGE, span=Span(samples.KUSTOMIZATION, 14, 5, 20, 3))
    unknown = replace(samples.IMAGE, span=Span("other.yaml", 7, 5, 20, 3))
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in run(samples.report(known, unknown))["results"]]
    assert regions == [
        {"startLine": 14, "startColumn": 5, "endLine": 14, "endColumn": 19},
        {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 6},
    ]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a:b.yaml", "a%3Ab.yaml"),
        ("dir [x]/ü y.yaml", "dir%20%5Bx%5D/%C3%BC%20y.yaml"),
        ("./a//b/../c.yaml", "a/c.yaml"),
        ("../../etc/passwd", "etc/passwd"),
        ("//host/x.yaml", "host/x.yaml"),
    ],
)
def test_paths_are_relative_normalised_and_encoded(path: str, uri: str) -> None:
    assert sarif.path_uri(path) == uri


def test_text_that_reads_as_a_link_is_escaped() -> None:
    related = (Related(Span("a.yaml", 1), "field callbacks[42](0)"),)
    finding = replace(samples.IMAGE, message="See [here](https://evil.example).", related=related, environments=())
    given = result(samples.report(finding))
    assert given["message"]["text"] == ("See \\[here\\](https://evil.example). See [field callbacks\\[42\\](0)](1).")
    assert given["relatedLocations"][0]["message"]["text"] == "field callbacks\\[42\\](0)"


def test_control_characters_are_shown() -> None:
    finding = replace(samples.IMAGE, message="a\x1b[2Jb\u202e", environments=(), related=())
    assert result(samples.report(finding))["message"]["text"] == "a\\e[2Jb\\u202e."


def test_limits_cut_the_lightest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    light = replace(samples.IMAGE, severity="info")
    given = run(samples.report(light, samples.IMAGE, light, samples.SECRET))
    assert [r["level"] for r in given["results"]] == ["error", "error"]
    assert given["invocations"][0]["toolExecutionNotifications"] == [
        {
            "level": "warning",
            "message": {
                "text": "2 findings of the lowest severity are left out: code scanning would refuse a longer log."
            },
        }
    ]


def test_a_log_that_is_too_large_loses_its_lightest_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [replace(samples.NEAREST, message=f"{number} {'x' * 9}", fingerprint=str(number)) for number in range(9)]
    report = samples.report(*others, samples.IMAGE)
    monkeypatch.setattr(sarif, "MAX_RESULTS", 1)
    smallest = len(gzip.compress(render_sarif(report).encode(), compresslevel=6))
    monkeypatch.setattr(sarif, "MAX_RESULTS", 4)
    monkeypatch.setattr(sarif, "MAX_GZIP_BYTES", smallest)
    given = run(report)
    assert [r["level"] for r in given["results"]] == ["error"]
    assert given["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("9 findings of")


def test_long_descriptions_are_cut() -> None:
    rule = replace(samples.RULE, name="x" * 300, summary="s" * 2000)
    given = run(samples.report(rules=(rule,)))["tool"]["driver"]["rules"][0]
    assert len(given["name"]) == 255
    assert len(given["shortDescription"]["text"]) == len(given["fullDescription"]["text"]) == 1024


def test_what_was_not_checked_is_named() -> None:
    given = run(samples.report(coverage=samples.GAPS))["invocations"][0]
    assert given["executionSuccessful"] is True
    assert [note["message"]["text"] for note in given["toolExecutionNotifications"]] == [
        "Not checked: charts/bad: parse error at line 3",
        "Not checked: big.yaml: 52,428,800 bytes, the limit is 10,485,760",
    ]


def test_a_finding_of_a_rule_that_is_not_listed_has_a_rule() -> None:
    given = run(samples.report(samples.NEAREST, rules=()))
    assert given["tool"]["driver"]["rules"][0]["id"] == "not-rendered"
    assert given["results"][0]["ruleIndex"] == 0
    assert given["results"][0]["message"]["text"] == (
        "The chart needs the network. This is the nearest place: the field itself is not written here."
    )


def test_the_log_holds_no_workflow_command() -> None:
    text = render_sarif(samples.report(replace(samples.IMAGE, message="##[command]x")))
    assert "##[" not in text
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"].startswith("##[command]x.")
