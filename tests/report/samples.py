"""Reports made by hand, for the tests of the outputs."""

from __future__ import annotations

from dataclasses import replace

from gitlint_ops.lint.model import (
    Coverage,
    Edit,
    Finding,
    Fix,
    ObjectRef,
    Related,
    Report,
    Rule,
    Skipped,
    Suppression,
)
from gitlint_ops.source.model import Span

KUSTOMIZATION = "apps/web/overlays/prod/kustomization.yaml"
DEPLOYMENT = "apps/web/base/deployment.yaml"

RULE = Rule(
    name="mutable-image-tag",
    category="images",
    severity="warning",
    production_severity="error",
    confidence="high",
    summary="A container image is named by a tag that can change under it.",
    why="Two pods of one Deployment may run different code.\n",
    fix="Name a version or a digest.\n",
    references=("https://kubernetes.io/docs/concepts/containers/images/",),
    options_schema={
        "type": "object",
        "properties": {
            "allow": {"type": "array", "default": [], "description": "Image name globs that may use mutable tags."}
        },
    },
    default_options={"allow": []},
    examples=(
        {
            "name": "a tag that moves",
            "files": {"web.yaml": "kind: Pod\nimage: web:latest\n"},
            "findings": [{"path": "web.yaml", "line": 2, "message": "The tag moves."}],
        },
        {"name": "a digest", "files": {"web.yaml": "image: web@sha256:0\n"}, "findings": []},
    ),
)

SECRET_RULE = replace(
    RULE, name="secret-value", category="secrets", severity="error", security=True, summary="A credential is in Git."
)

IMAGE = Finding(
    rule="mutable-image-tag",
    category="images",
    severity="error",
    message="Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it.",
    span=Span(KUSTOMIZATION, 14, 13, 14, 19),
    exact=True,
    related=(Related(Span(DEPLOYMENT, 22, 16, 22, 40), "the container's image in the base"),),
    object=ObjectRef("apps/v1", "Deployment", "web", "web", "spec.template.spec.containers[0].image"),
    deliveries=("argocd/web-prod", "argocd/web-stage"),
    environments=("stage", "prod"),
    fingerprint="f00d",
    fix=Fix("Pin the tag.", (Edit(Span(KUSTOMIZATION, 14, 13, 14, 19), "1.4.2"),)),
    help_uri="https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md",
)

NEAREST = Finding(
    rule="not-rendered",
    category="schema",
    severity="info",
    message="The chart needs the network.",
    span=Span("clusters/prod/web.yaml", 3),
    exact=False,
    deliveries=("argocd/web-prod",),
    fingerprint="beef",
)

SECRET = Finding(
    rule="secret-value",
    category="secrets",
    severity="error",
    message="A GitHub token is in Git.",
    span=Span("values.yaml", 2, 8, 2, 20),
    exact=True,
    fingerprint="cafe",
)

ACCEPTED = replace(IMAGE, fingerprint="feed", suppression=Suppression("comment", "a demo", "2027-01-31"))

CLEAN = Coverage(units=2, rendered=2, skipped=(), failed=(), files=9, objects=14)

GAPS = Coverage(
    units=6,
    rendered=2,
    skipped=tuple(Skipped(f"kustomize:apps/{n}", f"apps/{n}", "needs the network: https://x.example") for n in "abcde"),
    failed=(Skipped("helm:charts/bad", "charts/bad", "parse error at line 3"),),
    files=9,
    objects=14,
    unreadable=(Skipped("too-large", "big.yaml", "52,428,800 bytes, the limit is 10,485,760"),),
    assumptions=("https://github.com/acme/web is taken for this repository",),
)


def report(*findings: Finding, coverage: Coverage = CLEAN, rules: tuple[Rule, ...] = (RULE, SECRET_RULE)) -> Report:
    """Give a report of these findings, with the source lines that the samples point at."""
    return Report(
        findings=findings,
        coverage=coverage,
        rules=rules,
        tool_version="1.2.3",
        elapsed_ms=1250,
        lines={
            KUSTOMIZATION: {14: "    newTag: latest"},
            "clusters/prod/web.yaml": {3: "kind: Application"},
            "values.yaml": {2: "token: not-a-real-one"},
        },
    )
