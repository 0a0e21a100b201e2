"""Each format of each fixture, and of a hostile repository, by what its readers' makers publish to judge it.

`make validate-formats` brings the judges (npm, and the sdist of pytest for Jenkins' schema) and names their folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

from gitlint_ops.cli.check import CheckOptions, run_check
from gitlint_ops.lint.model import Report
from gitlint_ops.report.formats import FORMATS
from tests.conformance.conftest import FIXTURES
from tests.report.test_formats import HOSTILE, with_text
from tests.report.test_gitlab import DOCUMENTED

JUDGES = os.environ.get("GITLINT_OPS_VALIDATORS", "")
REPOSITORIES = [*sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()), "hostile"]

pytestmark = pytest.mark.skipif(not JUDGES, reason="'make validate-formats' brings the validators")


@cache
def report(name: str) -> Report:
    """Give the report on a fixture, or one that holds every hostile text."""
    if name == "hostile":
        return with_text(" ".join(HOSTILE.values()))
    return run_check(CheckOptions(paths=(FIXTURES / name,), root=FIXTURES / name, quiet=True, output_format="html"))


@pytest.fixture(scope="session")
def multitool() -> Path:
    (folder,) = Path(JUDGES).glob("node_modules/@microsoft/sarif-multitool-*")
    return folder


def test_the_sarif_multitool_says_nothing_with_the_rules_of_github(multitool: Path, tmp_path: Path) -> None:
    logs = {name: FORMATS["sarif"].render(report(name)) for name in REPOSITORIES}
    logs["control"] = logs["base-overlays"].replace('"physicalLocation"', '"logicalLocation"')
    for name, text in logs.items():
        (tmp_path / f"{name}.sarif").write_text(text, "utf-8")
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    program, answer = multitool / "Sarif.Multitool", tmp_path / "answer.json"
    done = subprocess.run(
        [program, "validate", *tmp_path.glob("*.sarif"), *rules, "--output", answer],
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"Done. {len(logs)} files scanned." in done.stdout, done.stdout + done.stderr
    results = json.loads(answer.read_text("utf-8-sig"))["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    assert {Path(uri).name for uri in places} == {"control.sarif"}, results


@pytest.mark.parametrize("name", REPOSITORIES)
def test_sarif_fits_its_schema(multitool: Path, name: str) -> None:
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text("utf-8-sig"))
    validator = validator_for(schema)(schema)
    assert list(map(str, validator.iter_errors(json.loads(FORMATS["sarif"].render(report(name)))))) == []


@pytest.fixture(scope="session")
def jenkins() -> Any:
    import xmlschema

    return xmlschema.XMLSchema(Path(JUDGES, "junit-10.xsd"))


@pytest.mark.parametrize("name", REPOSITORIES)
def test_junit_fits_the_schema_of_jenkins(jenkins: Any, name: str) -> None:
    assert [error.reason for error in jenkins.iter_errors(FORMATS["junit"].render(report(name)))] == []


@pytest.mark.parametrize("name", REPOSITORIES)
def test_gitlab_is_as_documented(name: str) -> None:
    entries = json.loads(FORMATS["gitlab"].render(report(name)))
    assert list(DOCUMENTED.iter_errors(entries)) == []
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
