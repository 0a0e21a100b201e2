"""Every answer about a repository whose names and values want to be obeyed: by a terminal, a runner, a browser."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.support import run
from tests.report.readers import READERS
from tests.repositories import Repository

TERMINAL = "\x1b[2J\u202e"
RUNNER = "\n::set-output name=x::y\r\n##[add-mask]x"
PAGE = "<img src=x onerror=alert(1)>![i](x)|`@a`"
TEXT = f"t{TERMINAL}{RUNNER}{PAGE}"
FOLDER = f"apps/{TEXT}"
NAMED = json.dumps(TEXT)
"""The text as a YAML scalar."""

DEPLOYMENT = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {NAMED}, namespace: {NAMED}, annotations: {{note: {NAMED}}}}}
spec:
  replica: {NAMED}
  selector: {{matchLabels: {{app: {NAMED}}}}}
  template:
    metadata: {{labels: {{app: {NAMED}}}}}
    spec:
      containers:
        - name: {NAMED}
          image: {json.dumps("registry.example.com/web:" + TEXT)}
        - name: second
          image: registry.example.com/web:1.2.3
          envFrom: [{{configMapRef: {{name: {json.dumps("gone" + TEXT)}}}}}]
"""
APPLICATION = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {NAMED}, namespace: argocd}}
spec:
  project: {NAMED}
  source: {{repoURL: "https://git.example.com/a/b", path: {json.dumps(FOLDER)}, targetRevision: {NAMED}}}
  destination: {{name: {NAMED}, namespace: {NAMED}}}
"""
FILES = {
    f"{FOLDER}/kustomization.yaml": "resources: [deployment.yaml]\n",
    "apps/second/kustomization.yaml": f"resources: [{json.dumps('gone' + TEXT)}]\n",
    f"{FOLDER}/deployment.yaml": DEPLOYMENT,
    "clusters/prod/plain.yaml": DEPLOYMENT,
    "clusters/prod/application.yaml": APPLICATION,
    "broken.yaml": f"a: {NAMED}\nb: [{NAMED}\n",
    ".gitlint-ops.yaml": "repository: {urls: ['https://git.example.com/a/b']}\n",
}
COMMANDS = [
    *(("check", "--fail-on=never", f"--format={name}") for name in READERS),
    ("check", "--fail-on=never", "--statistics"),
    ("check", "--fail-on=never", "--explain", "--verbose"),
    ("check", "--diff", "--unsafe-fixes"),
    *(("inspect", f"--format={name}") for name in ("tree", "json")),
    *(("versions", f"--format={name}") for name in ("text", "json", "markdown")),
    *(("diff", "--base=HEAD~1", f"--format={name}") for name in ("text", "json", "markdown", "html")),
    *(("owner", f"Deployment/{TEXT}", f"--format={name}") for name in ("text", "json")),
    *(("origin", f"Deployment/{TEXT}", "spec.replica", f"--format={name}") for name in ("text", "json")),
    ("check", f"--rule={TEXT}"),
    ("check", f"--environment={TEXT}"),
    ("check", f"--profile={TEXT}"),
    ("explain", TEXT),
    ("check", TEXT),
    ("baseline",),
    ("init", "--force"),
]
_OBEYED = ("img", "iframe", "object", "embed")
_SILENT = (("check", "--diff"), ("baseline",), ("init", "--force"))
"""Commands that have nothing to quote of this repository."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no file of Windows has such a name")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = Repository(tmp_path_factory.mktemp("hostile") / "repo")
    repository.commit({path: text.replace("registry.example.com/web", "web") for path, text in FILES.items()})
    repository.commit(FILES)
    repository.write(FILES)
    return repository.root


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command).partition(TEXT[:2])[0])
def test_nothing_is_obeyed(
    command: tuple[str, ...], repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    code, out, err = run(capfd, *command)
    assert code in (0, 1, 2), err
    READERS["text"](err)
    form = command[-1].partition("--format=")[2].replace("tree", "") or "text"
    skeleton, _ = READERS[form](out)
    if form in ("html", "markdown"):
        assert [tag for tag in skeleton if tag.startswith(_OBEYED)] == []
        assert sum(tag.startswith("script") for tag in skeleton) == (form == "html")
    assert "set-output" in out + err or command[:2] in _SILENT
