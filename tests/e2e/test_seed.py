"""The advice of common GitOps guides: a repository that keeps all of it, and for each sentence one that breaks it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gitlint_ops.config import load_config
from gitlint_ops.lint import load_rules
from gitlint_ops.lint.model import Finding
from tests.lint.support import run

ENVIRONMENTS = ("dev", "stage", "prod")
TAG = "3f9c2d1"


def application(name: str, path: str, policy: str = "{automated: {selfHeal: true}}", notes: str = "{}") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd, annotations: {notes}}}
        spec:
          project: shop
          source: {{repoURL: https://github.com/example/shop.git, targetRevision: v1.0.0, path: {path}}}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
          syncPolicy: {policy}
    """


def overlay(environment: str, tag: str = TAG) -> str:
    return f"""
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: web-{environment}
        resources: [namespace.yaml, ../../base]
        images:
          - name: registry.example.com/web
            newTag: {tag}
    """


def patches(count: int) -> str:
    """Give the end of an overlay that sets so many annotations, a patch for each."""
    operation = "[{{op: add, path: /metadata/annotations, value: {{note: '{n}'}}}}]"
    each = "".join(
        f'\n          - {{target: {{kind: Deployment}}, patch: "{operation.format(n=n)}"}}' for n in range(count)
    )
    return f"    patches:{each}\n"


def namespace(environment: str) -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: web-{environment}}}\n"


def deployment(image: str = f"registry.example.com/web:{TAG}", more: str = "") -> str:
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: web{more}}}
        spec:
          replicas: 2
          selector: {{matchLabels: {{app: web}}}}
          template:
            metadata: {{labels: {{app: web}}}}
            spec: {{containers: [{{name: web, image: "{image}"}}]}}
    """


def workflow(*lines: str) -> str:
    body = "".join(f"          {line}\n" for line in lines)
    return f"on: {{push: {{branches: [main]}}}}\njobs:\n  promote:\n    steps:\n      - run: |\n{body}"


KEPT: dict[str, str] = {
    "argocd/project.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata: {name: shop, namespace: argocd}
        spec:
          sourceRepos: [https://github.com/example/shop.git]
          destinations: [{server: https://kubernetes.default.svc, namespace: web-*}]
          clusterResourceWhitelist: [{group: "", kind: Namespace}]
    """,
    **{f"argocd/web-{name}.yaml": application(f"web-{name}", f"apps/web/overlays/{name}") for name in ENVIRONMENTS},
    "apps/web/base/kustomization.yaml": """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [deployment.yaml, secret.yaml]
    """,
    "apps/web/base/deployment.yaml": deployment(),
    "apps/web/base/secret.yaml": """
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: web}
        spec: {encryptedData: {password: AgBy3i4OJSWK}, template: {metadata: {name: web}}}
    """,
    **{f"apps/web/overlays/{name}/kustomization.yaml": overlay(name) for name in ENVIRONMENTS},
    **{f"apps/web/overlays/{name}/namespace.yaml": namespace(name) for name in ENVIRONMENTS},
    ".github/CODEOWNERS": "* @example/sre\n",
    ".github/workflows/promote.yaml": workflow(
        "docker push registry.example.com/web:$GITHUB_SHA",
        "git switch -c promote-$GITHUB_SHA",
        "yq -i '.images[0].newTag = strenv(GITHUB_SHA)' apps/web/overlays/prod/kustomization.yaml",
        "git commit -am 'Promote web' && git push origin HEAD && gh pr create --fill",
        "argocd app diff web-prod",
        "kubectl rollout status deploy/web -n web-prod",
    ),
}
PAUSED = "{automated: {enabled: false, selfHeal: true}}"
DENY = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny}
    spec: {podSelector: {}, policyTypes: [Ingress]}
"""


@dataclass(frozen=True)
class Advice:
    """A sentence of advice, the rule that holds it, files that break it, and others that keep it."""

    rule: str
    breaks: Mapping[str, str]
    keeps: Mapping[str, str] = field(default_factory=dict)


CI = ".github/workflows/promote.yaml"
ADVICE = {
    "the controller applies, CI does not": Advice(
        "push-deploy",
        {CI: workflow("kustomize build apps/web/overlays/prod | kubectl apply -f -")},
        {CI: workflow("kustomize build apps/web/overlays/prod | kubeconform")},
    ),
    "avoid manual kubectl changes": Advice(
        "push-deploy",
        {CI: workflow("kubectl patch deployment web -n web-prod -p '{}'")},
        {CI: workflow("kubectl get deployment web -n web-prod -o yaml")},
    ),
    "CI pushes an immutable tag": Advice(
        "ci-mutable-push",
        {CI: workflow("docker push registry.example.com/web:latest")},
        {
            CI: workflow(
                "docker push registry.example.com/web:latest", "docker push registry.example.com/web:$GITHUB_SHA"
            )
        },
    ),
    "what is deployed has an immutable tag": Advice(
        "mutable-image-tag",
        {"apps/web/overlays/prod/kustomization.yaml": overlay("prod", "latest")},
        {"apps/web/overlays/prod/kustomization.yaml": overlay("prod", TAG)},
    ),
    "a promotion is a reviewed pull request": Advice(
        "ci-pushes-to-default-branch",
        {CI: workflow("sed -i s/a/b/ apps/web/overlays/prod/kustomization.yaml", "git commit -am x && git push")},
        {CI: workflow("git-cliff > CHANGELOG.md", "git commit -am x && git push")},
    ),
    "dev, then stage, then prod": Advice(
        "promotion-skips-environment",
        {f"apps/web/overlays/{name}/kustomization.yaml": overlay(name, "1.2.0") for name in ("dev", "stage")}
        | {"apps/web/overlays/prod/kustomization.yaml": overlay("prod", "1.3.0")},
        {f"apps/web/overlays/{name}/kustomization.yaml": overlay(name, "1.3.0") for name in ("dev", "stage")}
        | {"apps/web/overlays/prod/kustomization.yaml": overlay("prod", "1.2.0")},
    ),
    "an overlay patches only what differs": Advice(
        "oversized-overlay",
        {"apps/web/overlays/prod/kustomization.yaml": overlay("prod") + patches(11)},
        {"apps/web/overlays/prod/kustomization.yaml": overlay("prod") + patches(2)},
    ),
    "the root stays small": Advice(
        "root-app-blast-radius",
        {
            "root.yaml": application("root", "argocd", "{automated: {prune: true}}"),
            **{f"argocd/more-{n}.yaml": application(f"more-{n}", "apps/web/overlays/dev") for n in range(21)},
        },
        {"root.yaml": application("root", "argocd", "{automated: {prune: false}}")},
    ),
    "platform policy is not duplicated": Advice(
        "duplicated-policy",
        {f"apps/{name}/deny.yaml": DENY for name in ("web", "api", "db")},
        {"policies/deny.yaml": DENY},
    ),
    "never a plain secret in Git": Advice(
        "plaintext-secret",
        {
            "apps/web/base/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\n"
            "stringData: {password: correct-horse-battery}\n"
        },
    ),
    "a paused sync has an owner and an end": Advice(
        "auto-sync-paused",
        {"argocd/web-prod.yaml": application("web-prod", "apps/web/overlays/prod", PAUSED)},
        {
            "argocd/web-prod.yaml": application(
                "web-prod",
                "apps/web/overlays/prod",
                PAUSED,
                '{gitlint-ops.dev/paused-reason: "OPS-12, @sre", gitlint-ops.dev/paused-until: "2999-12-31"}',
            )
        },
    ),
    "live state is not pasted into Git": Advice(
        "live-state-in-git",
        {"apps/web/base/deployment.yaml": deployment(more=', resourceVersion: "4711", uid: 1b4e28ba-2fa1-11d2')},
    ),
    "each object has one Application that owns it": Advice(
        "shared-object",
        {"argocd/other.yaml": application("other", "apps/web/overlays/prod")},
    ),
    "nothing lies beside what an Application applies": Advice(
        "unowned-manifest",
        {
            "apps/api/kustomization.yaml": "resources: [deployment.yaml]\n",
            "apps/api/deployment.yaml": deployment(),
        },
    ),
}


def check(root: Path, files: Mapping[str, str], *rules: str) -> tuple[Finding, ...]:
    for name, text in {**KEPT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8", newline="\n")
    return run(root, *rules).findings


def test_a_repository_that_keeps_the_advice_is_clean(tmp_path: Path) -> None:
    names = [rule.name for rule in load_rules(load_config(tmp_path), tmp_path)]
    found = check(tmp_path, {}, *names)
    assert [(item.rule, item.message) for item in found if item.severity != "info"] == []


@pytest.mark.parametrize("sentence", ADVICE)
def test_a_sentence_that_is_broken_is_found(tmp_path: Path, sentence: str) -> None:
    advice = ADVICE[sentence]
    assert {item.rule for item in check(tmp_path, advice.breaks, advice.rule)} == {advice.rule}


@pytest.mark.parametrize("sentence", ADVICE)
def test_a_sentence_that_is_kept_is_not(tmp_path: Path, sentence: str) -> None:
    advice = ADVICE[sentence]
    assert check(tmp_path, advice.keeps, advice.rule) == ()
