from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitlint_ops.cli import main
from tests.repositories import Repository

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:TAG
"""
SECRET = """apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: VALUE
"""


def _files(tag: str, replicas: int = 3, secret: str = "") -> dict[str, str]:
    resources = "deployment.yaml, secret.yaml" if secret else "deployment.yaml"
    return {
        "base/kustomization.yaml": f"resources: [{resources}]\n",
        "base/deployment.yaml": DEPLOYMENT.replace("TAG", tag).replace("REPLICAS", str(replicas)),
        "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
        **({"base/secret.yaml": SECRET.replace("VALUE", secret)} if secret else {}),
    }


def _repository(root: Path, before: dict[str, str], after: dict[str, str]) -> Path:
    repository = Repository(root)
    repository.commit(before)
    repository.write(after)
    return root


def test_only_new_findings_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _files("latest")
    root = _repository(
        tmp_path, before, {**before, "base/deployment.yaml": f"# moved\n{before['base/deployment.yaml']}"}
    )
    assert main(["check", str(root), "--base", "HEAD", "--rule", "mutable-image-tag"]) == 0
    out = capsys.readouterr().out
    assert "only new findings are shown; 0 findings fixed, 1 unchanged." in out
    assert main(["check", str(root), "--rule", "mutable-image-tag"]) == 1


def test_a_new_finding_fails_and_a_fixed_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("latest"))
    command = ["check", str(root), "--base", "HEAD", "--rule", "mutable-image-tag", "--format", "json"]
    assert main(command) == 1
    report = json.loads(capsys.readouterr().out)
    assert [(f["rule"], f["status"]) for f in report["findings"]] == [("mutable-image-tag", "new")]
    assert (report["base"]["ref"], report["base"]["unchanged"], report["base"]["fixed"]) == ("HEAD", [], [])
    Repository(root).commit(_files("latest"))
    Repository(root).write(_files("1.0.1"))
    assert main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert [finding["status"] for finding in report["base"]["fixed"]] == ["fixed"]


def test_the_work_tree_and_the_index_stay_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.1"))
    index = (root / ".git" / "index").read_bytes()
    before = sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*.yaml"))
    assert main(["diff", str(root), "--base", "main"]) == 0
    capsys.readouterr()
    assert (root / ".git" / "index").read_bytes() == index
    assert sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*.yaml")) == before


def test_an_unknown_revision_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.0"))
    assert main(["check", str(root), "--base", "mian"]) == 2
    assert "there is no revision 'mian' in this clone; did you mean 'main'?" in capsys.readouterr().err


def test_base_and_fix_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.0"))
    assert main(["check", str(root), "--base", "main", "--fix"]) == 2
    assert "--base reports on a change" in capsys.readouterr().err


def test_diff_shows_one_change_of_two_overlays_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.0", replicas=1))
    assert main(["diff", str(root), "--base", "main"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "Deployment web changed in dev, prod",
        "  base/deployment.yaml:5",
        "  lost-replicas: replicas 3 becomes 1",
        "    - spec.replicas: 3",
        "    + spec.replicas: 1",
    ]


def test_diff_without_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.0"))
    assert main(["diff", str(root), "--base", "main"]) == 0
    assert capsys.readouterr().out.startswith("Nothing that is rendered changes.")


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "html"])
def test_diff_never_shows_a_secret(output_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = "kR8sTq2vLw5zXn7", "pW3mYd9bHc6jGf4"
    before, after = _files("1.0.0", secret=old), _files("1.0.0", secret=new)
    for files, value in ((before, old), (after, new)):
        url = f"{{name: URL, value: 'https://u:{value}@db/x'}}"
        files["base/deployment.yaml"] += f"          env: [{{name: API_TOKEN, value: {value}}}, {url}]\n"
    root = _repository(tmp_path, before, after)
    assert main(["diff", str(root), "--base", "main", "--format", output_format]) == 0
    out = capsys.readouterr().out
    assert "(not shown)" in out.replace("&#40;", "(").replace("&#41;", ")")
    assert not any(value in out or value[:8] in out for value in (old, new))


def test_diff_as_json_has_every_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _repository(tmp_path, _files("1.0.0"), _files("1.0.1"))
    assert main(["diff", str(root), "--base", "main", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    keys = ["schema_version", "tool", "base", "score", "reach", "changes", "not_compared", "submodules"]
    assert list(report) == keys
    (change,) = report["changes"]
    assert change["fields"] == [
        {
            "field": "spec.template.spec.containers[web].image",
            "kind": "changed",
            "before": "registry.example.com/web:1.0.0",
            "after": "registry.example.com/web:1.0.1",
            "note": "",
        }
    ]
    assert change["cause"] == {"path": "base/deployment.yaml", "line": 12, "side": "head"}
    assert (change["score"], report["reach"]["restarted"], report["reach"]["production"]) == (12, 2, ["prod"])


def test_data_loss_is_told_where_the_rule_on_it_is_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
    before = {
        ".gitlint-ops.yaml": "rules: {stateful-prune: off}\n",
        "kustomization.yaml": "resources: [claim.yaml]\n",
        "claim.yaml": claim,
    }
    root = _repository(tmp_path, before, {"kustomization.yaml": "resources: []\n"})
    assert main(["diff", str(root), "--base", "HEAD", "--format", "json"]) == 0
    (group,) = json.loads(capsys.readouterr().out)["changes"]
    assert [danger["name"] for danger in group["dangers"]] == ["data-loss"]
