from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {{name: web-{env}, namespace: argocd}}
    spec:
      project: web
      source: {{repoURL: https://github.com/example/shop.git, targetRevision: v1, path: overlays/{env}}}
      destination: {{server: https://kubernetes.default.svc, namespace: shop-{env}}}
      syncPolicy: {{automated: {{}}}}
"""
DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "web:1.0.0"}]}
"""
FILES = {
    "argocd/dev.yaml": APPLICATION.format(env="dev"),
    "argocd/prod.yaml": APPLICATION.format(env="prod"),
    "flux/infra.yaml": """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: shop, namespace: flux-system}
        spec: {interval: 1h, url: https://github.com/example/shop.git, ref: {branch: main}}
        ---
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: infra, namespace: flux-system}
        spec: {interval: 1h, prune: true, path: ./infra, sourceRef: {kind: GitRepository, name: shop}}
        """,
    "infra/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop-prod}\n",
    "base/deployment.yaml": DEPLOYMENT,
    "base/kustomization.yaml": "resources: [deployment.yaml]\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamespace: shop-dev\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamespace: shop-prod\n",
    "extra/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x, image: x}]}\n",
}


def found(root: Path, job: str) -> list[tuple[str, tuple[str, ...]]]:
    """Check one GitHub job (its lines below ``go:``); give severity and deliveries of each finding."""
    lines = "".join(f"    {line}\n" for line in job.strip("\n").split("\n"))
    workflow = f"on: {{push: {{branches: [main]}}}}\njobs:\n  go:\n{lines}"
    items = findings(root, {**FILES, ".github/workflows/a.yaml": workflow}, "push-deploy")
    return [(item.severity, tuple(name.rpartition("/")[2] for name in item.deliveries)) for item in items]


def run(root: Path, command: str) -> list[tuple[str, tuple[str, ...]]]:
    return found(root, f"steps:\n  - run: |\n      {command}")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("kubectl apply -k overlays/prod", ("error", ("web-prod",))),
        ("kustomize build overlays/prod | kubectl apply -f -", ("error", ("web-prod",))),
        ("cd overlays && kubectl apply -k prod", ("error", ("web-prod",))),
        ("kubectl apply -k overlays/$ENV", ("error", ("web-dev", "web-prod"))),
        ("kubectl apply -f base/deployment.yaml -n shop-dev", ("error", ("web-dev",))),
        ("kubectl -n shop-prod set image deploy/web web=web:2", ("error", ("web-prod",))),
        ("oc --namespace=shop-prod scale deployment web --replicas=2", ("error", ("web-prod",))),
        ("kubectl patch deployment.apps/web -n shop-prod -p '{}'", ("error", ("web-prod",))),
        ("sudo bash -c 'kubectl apply -k overlays/prod'", ("error", ("web-prod",))),
        ("kubectl delete deployment web -n shop-prod", ("error", ("web-prod",))),
        ("argocd app set web-prod -p a=b", ("error", ("web-prod",))),
        ("flux suspend kustomization infra -n flux-system", ("error", ("infra",))),
        ("flux reconcile ks infra --with-source", ("warning", ("infra",))),
        ("argocd app sync web-prod", ("warning", ("web-prod",))),
        ("kubectl -n shop-prod rollout restart deployment/web", ("warning", ("web-prod",))),
        ("kubectl apply -n shop-prod -f https://example.com/x.yaml", ("warning", ("web-prod",))),
        ("kubectl apply -f extra/pod.yaml", ("info", ())),
    ],
)
def test_what_is_tied_to_a_delivery(tmp_path: Path, command: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert run(tmp_path, command) == [expected]


@pytest.mark.parametrize(
    "command",
    [
        "kubectl apply --dry-run=client -k overlays/prod",
        "kubectl diff -k overlays/prod",
        "kubectl get deployment web -n shop-prod",
        "kubectl -n shop-prod rollout status deployment/web",
        "kubectl delete pod web-1 -n shop-prod",
        "kubectl -n shop-prod create job x --from=cronjob/web",
        "kubectl create secret generic x --from-literal=a=b -n shop-prod",
        "kubectl -n pr-$NUMBER set image deployment/web web=web:2",
        "kubectl apply -n argocd -f https://raw.githubusercontent.com/argoproj/argo-cd/v3/manifests/install.yaml",
        "kubectl apply -f argocd/prod.yaml",
        "flux bootstrap github --path clusters/prod",
        "flux install --export | kubectl apply -f -",
        "helm upgrade --install argocd argo/argo-cd -n argocd",
        "helm template x ./chart | kubeconform",
        "echo kubectl apply -k overlays/prod",
        "argocd app diff web-prod",
        "terraform apply",
        "kind create cluster && kubectl apply -k overlays/prod",
    ],
)
def test_what_changes_nothing_behind_a_controller(tmp_path: Path, command: str) -> None:
    assert run(tmp_path, command) == []


def test_the_environment_of_the_job_chooses_among_equal_objects(tmp_path: Path) -> None:
    job = "environment: production\nsteps:\n  - run: kubectl set image deployment/web web=web:2"
    assert found(tmp_path, job) == [("error", ("web-prod",))]


def test_a_matrix_is_one_finding(tmp_path: Path) -> None:
    job = "strategy: {matrix: {env: [dev, prod]}}\nsteps:\n  - run: kubectl apply -k overlays/${{ matrix.env }}"
    assert found(tmp_path, job) == [("error", ("web-dev", "web-prod"))]


def test_without_deliveries_pushing_is_the_way(tmp_path: Path) -> None:
    workflow = "on: push\njobs: {go: {steps: [{run: kubectl apply -f base/deployment.yaml}]}}\n"
    files = {"base/deployment.yaml": DEPLOYMENT, ".github/workflows/a.yaml": workflow}
    assert findings(tmp_path, files, "push-deploy") == ()
