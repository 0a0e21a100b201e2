"""Suppressions in whole runs: what they hide, where, and what they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.lint.model import Report
from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
RULE = "mutable-image-tag"

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:latest
"""
IMAGE = "          image: nginx:latest\n"
OVERLAYS = {
    f"overlays/{name}/kustomization.yaml": f"resources: [../../base]\nnamePrefix: {name}-\nnamespace: web-{name}\n"
    for name in ("dev", "stage", "prod")
}


def overlaid(deployment: str, **more: str) -> dict[str, str]:
    return {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": deployment, **OVERLAYS, **more}


def commented(words: str) -> str:
    return DEPLOYMENT.replace(IMAGE, f"          # gitlint-ops: ignore={RULE} {words}\n{IMAGE}")


def annotated(words: str) -> str:
    note = f'  annotations: {{gitlint-ops.dev/ignore: "{RULE} {words}"}}\n'
    return DEPLOYMENT.replace("  name: web\nspec", f"  name: web\n{note}spec")


def hidden(report: Report) -> list[tuple[tuple[str, ...], str, str]]:
    """Give (environments, severity, kind of suppression) of each finding."""
    return sorted((f.environments, f.severity, f.suppression.kind if f.suppression else "") for f in report.findings)


@pytest.mark.parametrize(
    "files",
    [
        overlaid(commented("reason=r")),
        overlaid(DEPLOYMENT.replace("latest", f"latest # gitlint-ops: ignore={RULE} reason=r")),
        overlaid(annotated("reason=r")),
        overlaid(f"# gitlint-ops: ignore={RULE} reason=r\n---\n" + DEPLOYMENT.lstrip()),
        overlaid(DEPLOYMENT.replace("kind: Deployment", f"kind: Deployment # gitlint-ops: ignore={RULE} reason=r")),
    ],
    ids=["line above", "line", "annotation", "head", "kind"],
)
def test_what_a_base_says_counts_for_all_overlays(write: Write, files: Mapping[str, str]) -> None:
    report = run(write(files), RULE)
    kind = "annotation" if "annotations" in files["base/web.yaml"] else "comment"
    assert hidden(report) == [(("dev", "stage", "prod"), "error", kind)]


CONFIG = "suppressions:\n  - {rule: mutable-image-tag, reason: r, environments: [dev, prod]}\n"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (overlaid(commented("environments=dev,prod reason=r")), "comment"),
        (overlaid(annotated("environments=dev,prod reason=r")), "annotation"),
        (overlaid(DEPLOYMENT, **{".gitlint-ops.yaml": CONFIG}), "config"),
    ],
    ids=["comment", "annotation", "config"],
)
def test_an_environment_is_hidden_and_the_others_stay(write: Write, files: Mapping[str, str], kind: str) -> None:
    report = run(write(files), RULE)
    assert hidden(report) == [(("dev", "prod"), "error", kind), (("stage",), "warning", "")]
    assert {f.deliveries for f in report.findings} == {
        ("kustomize:overlays/stage",),
        ("kustomize:overlays/dev", "kustomize:overlays/prod"),
    }
    assert len({f.fingerprint for f in report.findings}) == 1


def test_a_finding_of_a_file_is_parted_by_environments(write: Write) -> None:
    config = "suppressions: [{rule: invalid-yaml, reason: r, environments: [dev]}]\n"
    files = overlaid("kind: A\n\tx: 1\n", **{".gitlint-ops.yaml": config})
    report = run(write({**files, "other/kustomization.yaml": "resources: [../base]\n"}), "invalid-yaml")
    assert hidden(report) == [(("dev",), "error", "config"), (("stage", "prod"), "error", "")]
    assert {f.deliveries for f in report.findings} == {
        ("kustomize:other", "kustomize:overlays/dev"),
        ("kustomize:other", "kustomize:overlays/prod", "kustomize:overlays/stage"),
    }


def test_a_severity_of_the_configuration_stays_with_each_part(write: Write) -> None:
    files = overlaid(
        commented("environments=prod reason=r"), **{".gitlint-ops.yaml": f"rules: {{{RULE}: {{severity: info}}}}\n"}
    )
    assert hidden(run(write(files), RULE)) == [(("dev", "stage"), "info", ""), (("prod",), "info", "comment")]


def test_suppressions_of_several_environments_add_up(write: Write) -> None:
    both = commented("environments=dev reason=r").replace(
        IMAGE, f"          # gitlint-ops: ignore={RULE} environments=prod until=2999-01-01 reason=s\n{IMAGE}"
    )
    report = run(write(overlaid(both)), RULE)
    assert hidden(report) == [
        (("dev",), "warning", "comment"),
        (("prod",), "error", "comment"),
        (("stage",), "warning", ""),
    ]


@pytest.mark.parametrize(
    "words", ["until=2024-01-01 reason=r", "until=soon reason=r", "expires=2999-01-01 reason=r", "environments=qa"]
)
def test_what_is_over_or_not_understood_hides_nothing(write: Write, words: str) -> None:
    assert hidden(run(write(overlaid(commented(words))), RULE)) == [(("dev", "stage", "prod"), "error", "")]


def test_a_comment_on_an_object_counts_for_what_an_overlay_sets_in_it(write: Write) -> None:
    images = OVERLAYS["overlays/prod/kustomization.yaml"] + "images: [{name: nginx, newTag: edge}]\n"
    files = overlaid(
        f"# gitlint-ops: ignore={RULE} reason=r\n" + DEPLOYMENT.lstrip(),
        **{"overlays/prod/kustomization.yaml": images},
    )
    report = run(write(files), RULE)
    assert [(f.span.path, f.suppression is not None) for f in report.findings] == [
        ("overlays/prod/kustomization.yaml", True),
        ("base/web.yaml", True),
    ]


def test_a_comment_on_an_object_leaves_the_others_of_its_file(write: Write) -> None:
    images = OVERLAYS["overlays/prod/kustomization.yaml"] + "images: [{name: nginx, newTag: edge}]\n"
    one, two = DEPLOYMENT.lstrip(), DEPLOYMENT.replace("name: web\nspec", "name: two\nspec")
    below = one.replace(IMAGE, f"          # gitlint-ops: ignore={RULE} reason=this line\n{IMAGE}")
    files = overlaid(f"{below}---{two}", **{"overlays/prod/kustomization.yaml": images})
    report = run(write(files), RULE)
    assert sorted((f.span.path, f.span.line, f.suppression is not None) for f in report.findings) == [
        ("base/web.yaml", 13, True),
        ("base/web.yaml", 26, False),
        ("overlays/prod/kustomization.yaml", 4, False),
    ]


CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "image: nginx:latest\n",
    "chart/templates/web.yaml": DEPLOYMENT.lstrip().replace("nginx:latest", "{{ .Values.image }}"),
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("chart/values.yaml", f"# gitlint-ops: ignore={RULE} reason=r\nimage: nginx:latest\n"),
        (
            "chart/templates/web.yaml",
            f"{{{{/* gitlint-ops: ignore={RULE} reason=r */}}}}\n" + CHART["chart/templates/web.yaml"],
        ),
        (
            "chart/templates/web.yaml",
            f"{{{{- /*\ngitlint-ops: ignore={RULE} reason=r\n*/}}}}\n{{{{- if true }}}}\n"
            + CHART["chart/templates/web.yaml"]
            + "{{- end }}\n",
        ),
    ],
    ids=["value", "template", "longer comment"],
)
def test_comments_count_in_charts(write: Write, path: str, text: str) -> None:
    report = run(write({**CHART, path: text}), RULE)
    assert [(f.span.path, f.suppression and f.suppression.reason) for f in report.findings] == [
        ("chart/values.yaml", "r")
    ]


def test_an_annotation_may_hold_several_suppressions(write: Write) -> None:
    words = f"      duplicate-key reason=a\n      {RULE} reason=b\n"
    note = f"  annotations:\n    gitlint-ops.dev/ignore: |\n{words}"
    files = overlaid(DEPLOYMENT.replace("  name: web\nspec", f"  name: web\n{note}spec"))
    (found,) = run(write(files), RULE).findings
    assert found.suppression is not None
    assert found.suppression.reason == "b"


def test_rules_about_suppressions_are_hidden_by_the_configuration_alone(write: Write) -> None:
    comment = "# gitlint-ops: ignore=unknown-suppression reason=r\n# gitlint-ops: ignore=no-such reason=r\n"
    report = run(write({"overlays/prod/kustomization.yaml": comment + "resources: []\n"}), "unknown-suppression")
    assert [(f.span.line, f.suppression) for f in report.findings] == [(1, None), (2, None)]
    config = "suppressions: [{rule: unknown-suppression, reason: r}]\n"
    report = run(write({".gitlint-ops.yaml": config}), "unknown-suppression")
    assert [f.suppression.kind for f in report.findings if f.suppression] == ["config", "config"]


def test_what_detect_secrets_is_told_hides_a_value_and_need_not(write: Write) -> None:
    files = {
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "charts/web/values.yaml": (
            "adminPassword: hunter2x  # pragma: allowlist secret\n# pragma: allowlist nextline secret\n"
            "otherPassword: hunter3x\nlastPassword: hunter4x\nreplicas: 2  # pragma: allowlist secret\n"
        ),
    }
    report = run(write(files), "secret-value", "suppression-unused", "suppression-without-reason")
    found = [(f.rule, f.span.line, f.suppression and f.suppression.reason) for f in report.findings]
    assert found == [
        ("secret-value", 1, "pragma: allowlist secret"),
        ("secret-value", 3, "pragma: allowlist nextline secret"),
        ("secret-value", 4, None),
    ]
