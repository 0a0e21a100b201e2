from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cli import main

Write = Callable[[Mapping[str, str]], Path]

FILES = {
    "kustomization.yaml": "commonLabels: {team: shop}\nresources: [config.yaml]\n",
    "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
}
FIXED = "labels:\n  - includeSelectors: true\n    pairs: {team: shop}\nresources: [config.yaml]\n"
RULE = ("--rule", "kustomization-deprecated-field", "--no-config", "--fail-on", "info")


def test_fix_writes_and_says_what_it_wrote(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(FILES)
    assert main(["check", str(root), "--fix", *RULE]) == 0
    out, err = capsys.readouterr()
    assert err == "Fixed 1 finding in 1 file:\n  kustomization.yaml: 1\n"
    assert "No findings" in out
    assert (root / "kustomization.yaml").read_text("utf-8") == FIXED
    assert main(["check", str(root), "--fix", *RULE]) == 0
    assert capsys.readouterr().err == "Fixed 0 findings in 0 files.\n"


@pytest.mark.parametrize("options", [["--diff"], ["--diff", "--fix"]])
def test_diff_writes_nothing(write: Write, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    root = write(FILES)
    assert main(["check", str(root), *options, *RULE]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[:3] == ["--- a/kustomization.yaml", "+++ b/kustomization.yaml", "@@ -1,2 +1,4 @@"]
    assert err == "Would fix 1 finding in 1 file:\n  kustomization.yaml: 1\n"
    assert (root / "kustomization.yaml").read_text("utf-8") == FILES["kustomization.yaml"]


def test_diff_of_nothing_is_empty_and_exits_with_0(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write({**FILES, "kustomization.yaml": FIXED})), "--diff", *RULE]) == 0
    assert capsys.readouterr() == ("", "Would fix 0 findings in 0 files.\n")


def test_a_diff_tells_of_fixes_that_are_not_safe(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    deployment = Path(__file__).parents[2] / "fixtures/base-overlays/apps/web-api/base/deployment.yaml"
    root = write({"deployment.yaml": deployment.read_text("utf-8")})
    rule = ("--rule", "schema-error", "--no-config")
    assert main(["check", str(root), "--diff", *rule]) == 0
    told = "Would fix 0 findings in 0 files.\n1 finding is fixable with --unsafe-fixes only.\n"
    assert capsys.readouterr() == ("", told)
    assert main(["check", str(root), "--diff", "--unsafe-fixes", *rule]) == 1
    assert capsys.readouterr().err == "Would fix 1 finding in 1 file:\n  deployment.yaml: 1\n"


def test_what_remains_decides_on_the_exit_code(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(
        {**FILES, "kustomization.yaml": FILES["kustomization.yaml"] + "bases:\n  - https://a.example/b?ref=v1\n"}
    )
    assert main(["check", str(root), "--fix", "--format", "json", *RULE]) == 1
    out, err = capsys.readouterr()
    assert [finding["rule"] for finding in json.loads(out)["findings"]] == ["kustomization-deprecated-field"] * 2
    place, reason = "kustomization.yaml:1", "kustomize:. reads the file and does not render"
    assert err.splitlines()[1] == f"Not fixed: kustomization-deprecated-field at {place}: {reason}"


def test_the_scope_limits_what_is_fixed(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write({f"{folder}/{name}": text for folder in ("a", "b") for name, text in FILES.items()})
    assert main(["check", str(root / "a"), "--root", str(root), "--fix", *RULE]) == 0
    assert capsys.readouterr().err == "Fixed 1 finding in 1 file:\n  a/kustomization.yaml: 1\n"
    assert (root / "b/kustomization.yaml").read_text("utf-8") == FILES["kustomization.yaml"]


def test_unsafe_fixes_alone_are_a_usage_error(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(FILES)), "--unsafe-fixes"]) == 2
    assert capsys.readouterr().err == "gitlint-ops: --unsafe-fixes does nothing by itself\nhelp: add --fix or --diff\n"


def test_diff_takes_the_place_of_a_report(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(FILES)), "--diff", "--format", "json"]) == 2
    message = "gitlint-ops: --diff prints a diff in place of the report: leave --format and --output out"
    assert capsys.readouterr().err.splitlines()[0] == message


def test_the_report_says_how_many_findings_are_fixable(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(FILES)), *RULE]) == 1
    assert "1 finding is fixable with --fix; --diff shows the changes." in capsys.readouterr().out


def test_json_tells_whether_a_fix_is_safe(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(write(FILES)), "--format", "json", *RULE])
    fix = json.loads(capsys.readouterr().out)["findings"][0]["fix"]
    assert (fix["description"], fix["applicability"]) == ("Replace commonLabels", "safe")
