"""What lies in retired folders counts only where something that is in use delivers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.lint.model import Skipped
from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
_CONFIG = "repository: {urls: [https://git.example.com/team/this.git]}\n"
_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def _application(name: str, path: str) -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: shop\n  source: {{repoURL: 'https://git.example.com/team/this.git', path: {path}}}\n"
        "  destination: {server: 'https://kubernetes.default.svc', namespace: shop}\n"
    )


def test_a_retired_application_is_named_and_not_followed(write: Write) -> None:
    report = run(
        write({".gitlint-ops.yaml": _CONFIG, ".archive/web.yaml": _application("web", "gone")}), "not-rendered"
    )
    assert [item.span.path for item in report.findings] == [".archive/web.yaml"]
    reason = "its path says that it is retired, and nothing delivers it: what it declares is not followed"
    assert report.coverage.skipped == (Skipped("folder", ".archive", reason),)


def test_an_application_that_a_root_in_use_delivers_counts(write: Write) -> None:
    files = {
        ".gitlint-ops.yaml": _CONFIG,
        "root.yaml": _application("root", "archive"),
        "archive/web.yaml": _application("web", "gone"),
    }
    found = run(write(files), "application-source-missing").findings
    assert [(item.span.path, item.span.line) for item in found] == [("archive/web.yaml", 6)]


def test_a_retired_kustomization_is_not_built(write: Write) -> None:
    files = {
        "_disabled/web/kustomization.yaml": "resources: [a.yaml, gone.yaml]\n",
        "_disabled/web/a.yaml": _CONFIG_MAP,
    }
    report = run(write(files), "missing-file", "render-failed")
    assert report.findings == ()
    reason = "its path says that it is retired, and nothing delivers it"
    assert report.coverage.skipped == (Skipped("kustomize:_disabled/web", "_disabled/web", reason),)
