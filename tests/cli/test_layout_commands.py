"""``inspect``, ``render``, ``rules`` and ``explain`` on a small repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_check import Write, run

FILES = {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {'on': 'yes'}\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamespace: dev\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamespace: prod\n",
    "broken/kustomization.yaml": "resources: [missing.yaml]\n",
}

PROD = """\
apiVersion: v1
data:
  "on": "yes"
kind: ConfigMap
metadata:
  name: web
  namespace: prod
"""


@pytest.fixture
def repo(write: Write) -> Path:
    return write(FILES)


def test_inspect_shows_environments_and_overlays(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "inspect", repo)
    assert (code, err) == (0, "")
    assert "Environments, in promotion order\n  dev   1 delivery\n  prod  1 delivery  (production)\n" in out
    assert "[prod]  kustomize overlays/prod\n" in out


def test_inspect_as_json(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "inspect", repo, "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert list(data) == ["schema_version", "environments", "units", "deliveries", "roots", "shape"]
    assert {"id": "kustomize:overlays/prod", "kind": "kustomize", "path": "overlays/prod"} in data["units"]
    assert [d["environment"] for d in data["deliveries"] if d["units"] == ["kustomize:overlays/prod"]] == ["prod"]


def test_a_unit_is_rendered_byte_for_byte(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "render", repo, "--unit", "overlays/prod") == (0, PROD, "")


def test_an_environment_is_rendered(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "render", repo, "--environment", "prod", "--format", "json")
    assert (code, err) == (0, "")
    assert [item["metadata"]["namespace"] for item in json.loads(out)] == ["prod"]
    code, out, _ = run(capfd, "render", repo, "--environment", "prod")
    assert sorted(out.splitlines()) == sorted(PROD.splitlines())


def test_all_is_rendered_and_what_is_missing_is_said(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "render", repo, "--format", "json")
    assert (code, len(json.loads(out))) == (0, 2)
    assert err.startswith("gitlint-ops: not rendered: ")
    assert "missing.yaml" in err


def test_a_unit_that_fails_is_explained(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "render", repo, "--unit", "broken")
    assert (code, out) == (3, "")
    assert err.startswith("gitlint-ops: 'broken' does not render")
    assert "\nhelp: the message is the library's own: " in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unit", "nowhere"), "there is no folder 'nowhere'"),
        (("--unit", "../elsewhere"), "'../elsewhere' is outside of the repository"),
        (("--environment", "prd"), "there is no environment 'prd'; did you mean 'prod'?"),
        (("--delivery", "x"), "there is no delivery 'x'"),
        (("--unit", "base", "--environment", "prod"), "--unit, --environment and --delivery exclude each other"),
        (("--unit", "base", "--format", "json"), "--unit gives the build's own bytes, which are YAML"),
        (("--values", "x"), "--values goes with --unit"),
    ],
)
def test_wrong_choices_are_told(
    repo: Path, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = run(capfd, "render", repo, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"gitlint-ops: {message}")


def test_rules_are_listed(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "rules", repo)
    assert code == 0
    assert "\nschema\n" in "\n" + out
    assert "\n  invalid-yaml" in out
    code, out, _ = run(capfd, "rules", repo, "--format", "json")
    assert "invalid-yaml" in [rule["name"] for rule in json.loads(out)["rules"]]


def test_a_rule_is_explained(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "explain", "invalid-yaml", repo)
    assert code == 0
    for title in ("Why it matters", "How to fix it", "Bad: ", "Good: ", "To accept one finding"):
        assert f"\n{title}" in out


def test_a_rule_that_is_not_there_names_the_nearest(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "explain", "invalid-yml", repo)
    assert (code, out) == (2, "")
    assert err == (
        "gitlint-ops: there is no rule 'invalid-yml'; did you mean 'invalid-yaml'?\n"
        "help: 'gitlint-ops rules' lists them\n"
    )


@pytest.mark.parametrize(
    "name", ["{repo}/overlays/prod", "{repo}/overlays/prod/", "repo/overlays/prod", "overlays/prod/"]
)
def test_a_unit_may_be_named_in_every_usual_way(
    repo: Path, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.parent)
    assert run(capfd, "render", repo, "--unit", name.format(repo=repo)) == (0, PROD, "")
