from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.lint import InternalError
from gitlint_ops.lint.checks import schema
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Skipped, Suppression, Violation
from gitlint_ops.lint.runner import check_of, import_checks
from gitlint_ops.source import Span
from tests.lint.support import rule, run

Write = Callable[[Mapping[str, str]], Path]
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"


def test_a_crash_of_a_check_is_a_defect_and_hides_nothing_else(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: CheckContext) -> Iterator[Violation]:
        yield Violation("found before", span=Span("apps/a.yaml", 1))
        raise KeyError("x")

    monkeypatch.setattr(schema, "schema_error", crash)
    root = write({"apps/kustomization.yaml": "resources: [a.yaml]\n", "apps/a.yaml": CONFIG_MAP})
    report = run(root, "schema-error", "mutable-image-tag")
    assert [str(defect) for defect in report.defects] == ["the rule schema-error crashed: KeyError: 'x'"]
    assert isinstance(report.defects[0].__cause__, KeyError)
    assert [finding.message for finding in report.findings] == ["found before"]


def test_a_violation_without_a_place_is_a_defect(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Violation("right", span=Span("apps/a.yaml", 1))
    monkeypatch.setattr(schema, "schema_error", lambda _: iter([Violation("wrong"), right]))
    root = write({"apps/a.yaml": CONFIG_MAP})
    report = run(root, "schema-error")
    assert [str(d) for d in report.defects] == ["the rule schema-error gave a violation without a place: wrong"]
    assert [finding.message for finding in report.findings] == ["right"]


@pytest.mark.parametrize("check", ["schema.nothing", "nothing.schema_error"])
def test_a_check_that_is_not_there_is_a_defect_where_its_rule_runs(check: str) -> None:
    with pytest.raises(InternalError, match=f"the rule some-rule names a check that is not there: {check}"):
        check_of(rule(check=check))
    import_checks([rule(check=check)], Config())


def test_suppressed_findings_stay_in_the_report(write: Write) -> None:
    root = write(
        {
            "apps/kustomization.yaml": "resources: [a.yaml, b.yaml, c.yaml]\n",
            "apps/a.yaml": CONFIG_MAP + "# gitlint-ops: ignore=schema-error reason=by comment\nwrong: 1\n",
            "apps/b.yaml": CONFIG_MAP.replace("web", "b\n  annotations: {gitlint-ops.dev/ignore: schema-error}")
            + "wrong: 1\n",
            "apps/c.yaml": CONFIG_MAP.replace("web", "c") + "wrong: 1\n",
            ".gitlint-ops.yaml": "suppressions:\n  - {rule: schema-error, object: ConfigMap/c, reason: by config}\n",
        }
    )
    found = {finding.span.path: finding.suppression for finding in run(root, "schema-error").findings}
    assert found == {
        "apps/a.yaml": Suppression("comment", "by comment"),
        "apps/b.yaml": Suppression("annotation", ""),
        "apps/c.yaml": Suppression("config", "by config"),
    }


def test_the_report_shows_the_lines_around_a_finding_but_none_of_a_secret(write: Write) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: hunter2\nwrong: 1\n"
    root = write(
        {
            "apps/kustomization.yaml": "resources: [a.yaml, s.yaml]\n",
            "apps/a.yaml": CONFIG_MAP + "wrong: 1\n",
            "apps/s.yaml": secret,
        }
    )
    report = run(root, "schema-error")
    assert [finding.span.path for finding in report.findings] == ["apps/a.yaml", "apps/s.yaml"]
    assert dict(report.lines["apps/a.yaml"]) == {2: "kind: ConfigMap", 3: "metadata:", 4: "  name: web", 5: "wrong: 1"}
    assert dict(report.lines["apps/s.yaml"]) == {}


def test_a_broken_file_that_names_a_secret_shows_nothing(write: Write) -> None:
    broken = 'apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\n  b: "x\n'
    report = run(write({"apps/kustomization.yaml": "resources: [s.yaml]\n", "apps/s.yaml": broken}), "invalid-yaml")
    assert [finding.span.path for finding in report.findings] == ["apps/s.yaml"]
    assert dict(report.lines["apps/s.yaml"]) == {}


def test_the_coverage_lists_each_cause_once_and_no_credentials(write: Write) -> None:
    base = "https://robot:t0ken@example.org/bases.yaml"
    root = write(
        {
            "one/kustomization.yaml": f"resources: [{base}]\n",
            "two/kustomization.yaml": "resources: [gone.yaml]\n",
            "three/kustomization.yaml": "resources: [a.yaml]\n",
            "three/a.yaml": CONFIG_MAP,
        }
    )
    report = run(root, "not-rendered", "render-failed")
    assert (report.coverage.units, report.coverage.rendered, report.coverage.objects) == (3, 1, 1)
    assert report.coverage.failed == (Skipped("kustomize", "two", "'two/gone.yaml' does not exist"),)
    (skipped,) = report.coverage.skipped
    assert "example.org/bases.yaml" in skipped.reason
    assert "t0ken" not in skipped.reason
    assert not any("t0ken" in finding.message for finding in report.findings)


def test_the_charts_behind_what_a_rule_finds_are_rendered_at_once(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    answer = EngineClient.call_many

    def noted(self: EngineClient, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | EngineError]:
        asked.append([request["chart"] for request in requests if request.get("provenance")])
        return answer(self, requests)

    monkeypatch.setattr(EngineClient, "call_many", noted)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'web:latest'}]}\n"
    charts = {f"{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n" for name in ("one", "two")}
    root = write(charts | {f"{name}/templates/pod.yaml": pod for name in ("one", "two")})
    found = [finding.span for finding in run(root, "mutable-image-tag").findings]
    assert found == [Span("one/templates/pod.yaml", 4, 41, 4, 51), Span("two/templates/pod.yaml", 4, 41, 4, 51)]
    assert [charts for charts in asked if charts] == [["one", "two"]]
