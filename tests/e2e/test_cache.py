"""What a run with a cache reports is, byte for byte, what one without reports, whatever was changed in between."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import gitlint_ops.engine
from gitlint_ops.cli import main
from gitlint_ops.report.formats import FORMATS
from tests.repositories import Repository

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: 'https://git.example.com/team/this.git', path: {path}, targetRevision: main}}
  destination: {{server: 'https://kubernetes.default.svc', namespace: shop}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          envFrom: [{configMapRef: {name: settings}}]
"""
FILES = {
    ".gitlint-ops.yaml": "repository: {urls: ['https://git.example.com/team/this.git']}\n",
    ".gitignore": "*.local\nignored/\n",
    "argocd/web.yaml": APPLICATION.format(name="web", path="apps/web/overlays/prod"),
    "argocd/shop.yaml": APPLICATION.format(name="shop", path="charts/shop"),
    "apps/web/base/kustomization.yaml": "resources: [deployment.yaml]\n",
    "apps/web/base/deployment.yaml": DEPLOYMENT,
    "apps/web/overlays/prod/kustomization.yaml": (
        "resources: [../../base]\nnamespace: shop\n"
        "configMapGenerator: [{name: settings, envs: [settings.local], options: {disableNameSuffixHash: true}}]\n"
    ),
    "apps/web/overlays/prod/settings.local": "LEVEL=info\n",
    "apps/web/overlays/dev/kustomization.yaml": "resources: [../../base]\nnamespace: dev\n",
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "charts/shop/templates/config.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {level: '{{ .Values.level }}'}\n"
    ),
    "clusters/prod/apps.yaml": (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: apps, namespace: flux-system}\nspec:\n  interval: 10m\n  prune: true\n  path: ./flux\n"
        "  sourceRef: {kind: GitRepository, name: flux-system}\n"
    ),
    "flux/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flux}\n",
    "README.md": "# Shop\n",
}
RULE = """\
name: no-shop
category: team
severity: error
confidence: high
summary: Nothing is called shop.
why: Names are shown to customers.
fix: Call it something else.
match: {kinds: [ConfigMap]}
cel: "object.metadata.name != 'shop'"
message: This is called shop.
examples:
  - name: a shop
    files: {a.yaml: "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: shop}\\n"}
    findings: [{path: a.yaml, line: 3, message: This is called shop.}]
  - name: a store
    files: {a.yaml: "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: store}\\n"}
    findings: []
"""
CONFIG = FILES[".gitlint-ops.yaml"]
EDITS: Mapping[str, Mapping[str, str | None]] = {
    "an edit": {"apps/web/base/deployment.yaml": DEPLOYMENT.replace("web:1.0", "web:latest")},
    "an edit of the same size": {"apps/web/base/deployment.yaml": DEPLOYMENT.replace("web:1.0", "web:dev")},
    "a broken file": {"apps/web/base/deployment.yaml": "a: 'b\n"},
    "a patch": {
        "apps/web/overlays/dev/kustomization.yaml": "resources: [../../base]\npatches: [{path: p.yaml}]\n",
        "apps/web/overlays/dev/p.yaml": (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"
        ),
    },
    "a file goes": {"apps/web/base/deployment.yaml": None},
    "a folder goes": {"flux/config.yaml": None},
    "an ignored file changes": {"apps/web/overlays/prod/settings.local": "password=hunter2hunter2\n"},
    "an ignored file goes": {"apps/web/overlays/prod/settings.local": None},
    "a file becomes ignored": {".gitignore": "*.local\nignored/\nREADME.md\ncharts/shop/templates/\n"},
    "a new values.yaml": {"charts/shop/values.yaml": "level: debug\nunused: 1\n"},
    "a new .argocd-source.yaml": {"charts/shop/.argocd-source.yaml": "helm: {parameters: [{name: level, value: x}]}\n"},
    "a new file in a listed folder": {
        "flux/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {p: YWJj}\n"
    },
    "a new .sourceignore elsewhere": {".sourceignore": "/flux/\n"},
    "a password that the chart draws": {
        "charts/shop/templates/secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData: {password: '{{ randAlphaNum 24 }}'}\n"
        )
    },
    "a new overlay": {"apps/web/overlays/test/kustomization.yaml": "resources: [../../base, missing.yaml]\n"},
    "a workflow": {".github/workflows/a.yaml": "on: push\njobs: {a: {steps: [{run: kubectl apply -f apps}]}}\n"},
    "an owner": {"CODEOWNERS": "* @team\n"},
    "the configuration": {
        ".gitlint-ops.yaml": CONFIG + "rules: {mutable-image-tag: {severity: error}}\nexclude: [flux]\n"
    },
    "a rule of one's own": {
        ".gitlint-ops.yaml": CONFIG + "rule_folders: [ignored]\n",
        "ignored/team/no-shop.yaml": RULE,
    },
    "that rule, edited": {
        ".gitlint-ops.yaml": CONFIG + "rule_folders: [ignored]\n",
        "ignored/team/no-shop.yaml": RULE.replace("This is", "Here is something"),
    },
    "a schema": {
        ".gitlint-ops.yaml": CONFIG + "schema_folders: [ignored]\n",
        "ignored/x-example.com-v1.json": '{"required": ["spec"]}',
        "flux/x.yaml": "apiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\n",
    },
    "that schema, edited": {
        ".gitlint-ops.yaml": CONFIG + "schema_folders: [ignored]\n",
        "ignored/x-example.com-v1.json": '{"required": ["data"]}',
        "flux/x.yaml": "apiVersion: example.com/v1\nkind: X\nmetadata: {name: x}\n",
    },
    "a comment that hides": {
        "apps/web/base/deployment.yaml": DEPLOYMENT.replace(
            "web:1.0", "web:latest # gitlint-ops: ignore=mutable-image-tag reason=a demo"
        )
    },
    "a misspelt field": {"apps/web/base/deployment.yaml": DEPLOYMENT.replace("selector:", "selectors:")},
    "a privileged container": {
        "apps/web/base/deployment.yaml": DEPLOYMENT + "          securityContext: {privileged: true}\n"
    },
    "production is another": {
        ".gitlint-ops.yaml": CONFIG + "environments: {dev: {production: true}, prod: {production: false}}\n"
    },
    "an older Kubernetes": {
        ".gitlint-ops.yaml": CONFIG + "kubernetes: {version: '1.29'}\n",
        "flux/policy.yaml": (
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\n"
        ),
    },
    "a token": {"deploy.sh": f"TOKEN=ghp_{'aZ3k9' * 7}Q\n"},
    "no token": {"deploy.sh": "TOKEN=\n"},
    "a file is renamed": {"flux/config.yaml": None, "flux/renamed.yaml": FILES["flux/config.yaml"]},
    "a baseline": {".gitlint-ops-baseline.json": '{"schema_version": 1, "findings": []}'},
}


@dataclass
class Checkout:
    """A repository in a work tree, and its checks."""

    repository: Repository
    capfd: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        return self.repository.root

    def set(self, *names: str) -> None:
        """Make the work tree that of these edits, applied in their order."""
        wanted: dict[str, str | None] = dict(FILES)
        for name in names:
            wanted |= EDITS[name]
        for path in {path for edit in EDITS.values() for path in edit}.difference(wanted):
            (self.root / path).unlink(missing_ok=True)
        for path, text in wanted.items():
            if text is None:
                (self.root / path).unlink(missing_ok=True)
            else:
                self.repository.write({path: text})

    def check(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["check", str(self.root), "--format", "json", *arguments])
        return code, *self.capfd.readouterr()


@pytest.fixture
def checkout(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Checkout:
    repository = Repository(tmp_path / "repo")
    repository.write(FILES)
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "all")
    return Checkout(repository, capfd)


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse() -> None:
        monkeypatch.setattr(gitlint_ops.engine, "engine_command", lambda: pytest.fail("an engine was started"))

    return refuse


def test_each_edit_and_the_way_back(checkout: Checkout) -> None:
    first = checkout.check()
    reports = {"": first}
    for name in EDITS:
        checkout.set(name)
        reports[name] = checkout.check("--no-cache")
        assert checkout.check() == reports[name], name
        assert checkout.check() == reports[name], name
        checkout.set()
        assert checkout.check() == first, name
    different = {out for _, out, _ in reports.values()}
    assert len(different) > len(EDITS) * 0.7


def test_edits_in_any_combination(checkout: Checkout) -> None:
    dice = random.Random(7)
    for _ in range(12):
        names = dice.sample(sorted(EDITS), 3)
        checkout.set(*names)
        warm = checkout.check()
        assert warm == checkout.check("--no-cache"), names


@pytest.mark.parametrize(
    "arguments",
    [
        ("--base", "HEAD"),
        ("--base", "HEAD~1"),
        ("--config-from", "HEAD"),
        ("--environment", "prod"),
        ("--rule", "mutable-image-tag"),
        ("--profile", "strict"),
    ],
    ids=" ".join,
)
def test_each_option_has_a_report_of_its_own(arguments: tuple[str, ...], checkout: Checkout) -> None:
    checkout.set("an edit")
    checkout.repository.git("commit", "--quiet", "--all", "--message", "an edit")
    plain = checkout.check()
    wanted = checkout.check(*arguments, "--no-cache")
    for _ in range(2):
        assert checkout.check(*arguments) == wanted
        assert checkout.check() == plain


def test_a_base_is_that_of_today(checkout: Checkout) -> None:
    checkout.set("an edit")
    before = checkout.check("--base", "HEAD")
    checkout.repository.git("commit", "--quiet", "--all", "--message", "an edit")
    after = checkout.check("--base", "HEAD")
    assert len(json.loads(before[1])["findings"]) > len(json.loads(after[1])["findings"])
    assert after == checkout.check("--base", "HEAD", "--no-cache")


def test_a_configuration_is_that_of_the_commit_of_today(checkout: Checkout) -> None:
    checkout.set("an edit", "the configuration")
    before = checkout.check("--config-from", "HEAD")
    checkout.repository.git("commit", "--quiet", "--all", "--message", "an edit")
    after = checkout.check("--config-from", "HEAD")
    assert before != after == checkout.check("--config-from", "HEAD", "--no-cache")


def test_paths_and_the_branch_count(checkout: Checkout) -> None:
    checkout.check()
    for path in ("apps/web/base", "argocd"):
        arguments = ("check", str(checkout.root / path), "--format", "json")
        codes = [main([*arguments, *more]) for more in ((), (), ("--no-cache",))]
        assert len(set(codes)) == 1
        lines = checkout.capfd.readouterr().out
        assert lines == lines[: len(lines) // 3] * 3
    checkout.repository.git("checkout", "--quiet", "-b", "other")
    checkout.repository.git("remote", "add", "origin", "https://git.example.com/else/where.git")
    assert checkout.check() == checkout.check("--no-cache")


def test_nothing_changed_starts_no_engine(checkout: Checkout, no_engine: Callable[[], None]) -> None:
    first = checkout.check()
    no_engine()
    assert checkout.check() == first


def test_the_cache_holds_for_another_checkout(
    checkout: Checkout, tmp_path: Path, capfd: pytest.CaptureFixture[str], no_engine: Callable[[], None]
) -> None:
    first = checkout.check()
    other = tmp_path / "elsewhere" / "copy"
    checkout.repository.git("clone", "--quiet", ".", str(other))
    (other / "apps/web/overlays/prod/settings.local").write_text("LEVEL=info\n")
    copy = Checkout(Repository(other), capfd)
    copy.repository.git("remote", "remove", "origin")
    no_engine()
    assert copy.check() == first


def test_every_format_is_the_same(checkout: Checkout, tmp_path: Path) -> None:
    checkout.set("an edit", "a workflow")
    texts: list[dict[str, str]] = []
    for run in ("cold", "warm"):
        outputs = [f"--output={name}={tmp_path / run}.{name}" for name in FORMATS]
        checkout.check(*outputs)
        texts.append({name: _untimed((tmp_path / f"{run}.{name}").read_text("utf-8")) for name in FORMATS})
    assert texts[0] == texts[1]


def _untimed(text: str) -> str:
    """Leave out how long the run took, which JUnit and the page tell."""
    return re.sub(r"\d+\.\d+ s\b|time=\"[\d.]+\"", "", text)


def test_a_suppression_ends_with_its_day(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    until = "# gitlint-ops: ignore=mutable-image-tag until=2031-01-01 reason=a demo\n"
    image = "          image: registry.example.com/web:"
    text = DEPLOYMENT.replace(f"{image}1.0\n", f"          {until}{image}latest\n")
    checkout.repository.write({"apps/web/base/deployment.yaml": text})
    for day, hidden in (("2030-12-31", True), ("2031-01-02", False), ("2030-12-31", True)):
        _set_day(day, monkeypatch)
        found = [item for item in json.loads(checkout.check()[1])["findings"] if item["rule"] == "mutable-image-tag"]
        assert [item["suppressed"] is not None for item in found] == [hidden]


def _set_day(day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime

    class Day(datetime.date):
        @classmethod
        def today(cls) -> datetime.date:
            return datetime.date.fromisoformat(day)

    for module in ("gitlint_ops.cache.states", "gitlint_ops.source.tree"):
        monkeypatch.setattr(f"{module}.date", Day)


@pytest.mark.parametrize(
    ("before", "during"), [((), ("an edit",)), (("a token",), ("no token",))], ids=["comes", "goes"]
)
def test_a_file_that_changes_under_a_run_makes_no_wrong_memory(
    before: tuple[str, ...], during: tuple[str, ...], checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gitlint_ops.render import repository

    render = repository.survey

    def edit_then_survey(*arguments: object) -> object:
        found = render(*arguments)  # type: ignore[arg-type]
        checkout.set(*during)
        return found

    checkout.set(*before)
    monkeypatch.setattr(repository, "survey", edit_then_survey)
    checkout.check()
    monkeypatch.setattr(repository, "survey", render)
    for names in (before, during, before):
        checkout.set(*names)
        assert checkout.check() == checkout.check("--no-cache")
