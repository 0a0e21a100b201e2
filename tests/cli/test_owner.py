"""``owner`` and ``versions`` on small repositories."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.cli.test_check import Write, run

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 2, template: {spec: {containers: [{name: web, image: "registry.example.com/web:1.0.0"}]}}}
    """


def _application(environment: str) -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: web-{environment}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: https://git.example.com/gitops.git, path: overlays/{environment}, targetRevision: main}}
          destination: {{server: https://kubernetes.default.svc, namespace: web-{environment}}}
          syncPolicy: {{automated: {{prune: true, selfHeal: {"true" if environment == "prod" else "false"}}}}}
        """


def _overlay(tag: str) -> str:
    return f"resources: [../../base]\nimages:\n  - name: registry.example.com/web\n    newTag: {tag}\n"


FILES = {
    ".gitlint-ops.yaml": "repository: {urls: [https://git.example.com/gitops.git]}\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": DEPLOYMENT,
    "overlays/staging/kustomization.yaml": _overlay("1.2.0"),
    "overlays/prod/kustomization.yaml": _overlay("1.1.0"),
    "apps/staging.yaml": _application("staging"),
    "apps/prod.yaml": _application("prod"),
}
PROD = """\
    applied by  Application argocd/web-prod  [prod]  apps/prod.yaml:1
                corrects drift: a change by hand in the cluster is undone
    unit        kustomize overlays/prod
    written in  base/web.yaml:1  Deployment web-prod/web
    set in      overlays/prod/kustomization.yaml:4  spec.template.spec.containers[0].image
    set in      base/web.yaml:4  spec.replicas
"""
GRID = """\
       staging  prod
web
  web  1.2.0    1.1.0
    prod: 1 minor version behind staging  overlays/prod/kustomization.yaml:4

"""


@pytest.fixture
def repo(write: Write) -> Path:
    return write(FILES)


def paste(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_owner_of_an_object(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "owner", "deploy/web", "-n", "web-prod", "--path", repo)
    assert (code, err) == (0, "")
    assert out == f"deploy/web in namespace web-prod\n{PROD}\n"


def test_several_owners_are_all_shown(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "owner", "deployment", "web", "--path", repo)
    assert code == 0
    assert out.startswith("deployment/web  2 owners\n  - applied by  Application argocd/web-prod  [prod]")
    assert "  - applied by  Application argocd/web-staging  [staging]  apps/staging.yaml:1\n" in out
    assert "a change by hand in the cluster stays until Git changes the object" in out


def test_a_pod_leads_to_its_deployment(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "owner", "web-prod/pod/web-7d9f8b6c5d-x2x9z", "--path", repo, "--format", "json")
    (answer,) = json.loads(out)["answers"]
    (owner,) = answer["owners"]
    assert (code, owner["via"], owner["delivery"]["name"]) == (0, "Deployment web makes it", "web-prod")
    assert owner["location"] == {"path": "base/web.yaml", "line": 1, "column": 1}
    assert list(answer) == ["asked", "owners", "nearest", "not_rendered"]


def test_nothing_found_gives_the_nearest_names(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "owner", "deploy/webb", "--path", repo)
    assert code == 1
    assert out == (
        "deploy/webb  has no owner among what was rendered\n"
        "  nearest: Deployment web-prod/web, Deployment web-staging/web\n\n"
    )


def test_a_pasted_table(repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "web-prod      web       1/1   1   1   5d\nkube-system   coredns   2/2   2   2   9d\n"
    paste(monkeypatch, "NAMESPACE     NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n" + rows)
    code, out, _ = run(capfd, "owner", "-", "--path", repo)
    assert code == 1
    assert out.startswith(f"deployment/web in namespace web-prod\n{PROD}\n")
    assert out.endswith("1 of 2 objects has no owner here.\n")


def test_a_pasted_live_object_names_its_application(
    repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = "{argocd.argoproj.io/instance: web-staging}"
    paste(monkeypatch, f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: made, namespace: x, labels: {labels}}}\n")
    code, out, _ = run(capfd, "owner", "-", "--path", repo)
    assert code == 0
    assert "applied by  Application argocd/web-staging  [staging]" in out
    assert "found by    the live object names it; it is not among what was rendered" in out


@pytest.mark.parametrize("arguments", [("a/b/c/d/e",), ("-",)])
def test_what_names_no_object_is_said(
    arguments: tuple[str, ...], repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paste(monkeypatch, "")
    code, out, err = run(capfd, "owner", *arguments, "--path", repo)
    assert (code, out) == (2, "")
    assert "names no object" in err


def test_versions_as_a_table(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "versions", repo) == (0, GRID, "")


def test_versions_below_each_other_where_the_width_is_small(
    repo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"overlays/prod-region-{number}-of-the-world/kustomization.yaml": _overlay("1.2.0") for number in range(4)}
    for name, text in files.items():
        (repo / name).parent.mkdir()
        (repo / name).write_text(text, "utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = run(capfd, "versions", repo)
    assert "    prod                        1.1.0  1 minor version behind staging\n" in out
    assert max(map(len, out.splitlines())) <= 80


def test_versions_as_markdown(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capfd, "versions", repo, "--format", "markdown")
    assert out == (
        "| | staging | prod |\n|---|---|---|\n| **web** web | 1.2.0 | 1.1.0 |\n\n"
        "- web web in prod: 1 minor version behind staging (overlays/prod/kustomization.yaml:4)\n"
    )


def test_versions_as_json(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capfd, "versions", repo, "--format", "json", "--app", "web")
    data = json.loads(out)
    assert list(data) == ["schema_version", "environments", "apps", "not_rendered"]
    (component,) = data["apps"][0]["components"]
    assert [(cell["environment"], cell["versions"], cell["relation"]) for cell in component["versions"]] == [
        ("staging", ["1.2.0"], "first"),
        ("prod", ["1.1.0"], "behind"),
    ]


def test_versions_of_an_unknown_application(repo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capfd, "versions", repo, "--app", "nothing")
    assert (code, err.splitlines()[0]) == (2, "gitlint-ops: no application, image or workload is called 'nothing'")
