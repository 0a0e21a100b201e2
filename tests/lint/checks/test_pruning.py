from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {name}\n{more}"


def _application(policy: str) -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: web, namespace: argocd}}
        spec:
          project: apps
          source: {{repoURL: {URL}, targetRevision: v1.0.0, path: web}}
          destination: {{server: https://kubernetes.default.svc, namespace: web}}
          syncPolicy: {policy}
        """


def _flux(*names: str) -> str:
    source = f"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: flux-system, namespace: flux-system}}
        spec: {{interval: 1m, url: {URL}, ref: {{tag: v1.0.0}}}}
        """
    one = """
        ---
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {0}, namespace: flux-system}}
        spec: {{interval: 1m, prune: true, path: ./{0}, sourceRef: {{kind: GitRepository, name: flux-system}}}}
        """
    return source.rstrip(" ") + "".join(one.format(name).lstrip("\n").rstrip(" ") for name in names)


PRUNE = "{automated: {prune: true}}"


@pytest.mark.parametrize(
    ("policy", "more", "count"),
    [
        (PRUNE, "", 1),
        ("{automated: {prune: true, enabled: false}}", "", 0),
        ("{automated: {}}", "", 0),
        ("{automated: {prune: true}, syncOptions: [Prune=confirm]}", "", 0),
        (PRUNE, "  annotations: {argocd.argoproj.io/sync-options: 'Prune=false'}\n", 0),
        (PRUNE, "  annotations: {argocd.argoproj.io/sync-options: 'Delete=false'}\n", 1),
        (PRUNE, "  annotations: {argocd.argoproj.io/hook: PreSync}\n", 0),
        (PRUNE, "  annotations: {helm.sh/resource-policy: keep}\n", 1),
    ],
)
def test_what_spares_a_volume_under_argo_cd(policy: str, more: str, count: int, tmp_path: Path) -> None:
    files = {"app.yaml": _application(policy), "web/claim.yaml": CLAIM.format(name="data", more=more)}
    assert places(findings(tmp_path, files, "stateful-prune")) == [("web/claim.yaml", 3)] * count


def test_a_claim_of_a_component_is_one_finding_for_all_that_use_it(tmp_path: Path) -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [claim.yaml]\n"
    files = {
        "flux.yaml": _flux("one", "two"),
        "volume/kustomization.yaml": component,
        "volume/claim.yaml": CLAIM.format(name="data", more=""),
        "one/kustomization.yaml": "components: [../volume]\nnamePrefix: one-\n",
        "two/kustomization.yaml": "components: [../volume]\nnamePrefix: two-\n",
    }
    (found,) = findings(tmp_path, files, "stateful-prune")
    assert (found.span.path, found.span.line) == ("volume/claim.yaml", 3)
    assert [name.rpartition("/")[2] for name in found.deliveries] == ["one", "two"]


def test_a_namespace_with_workloads_of_others_counts_and_its_own_do_not(tmp_path: Path) -> None:
    pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: {0}}}\n"
    files = {
        "flux.yaml": _flux("spaces", "web"),
        "spaces/a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shared}\n",
        "spaces/b.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: own}\n",
        "spaces/c.yaml": pod.format("own"),
        "web/web.yaml": pod.format("shared"),
    }
    (found,) = findings(tmp_path, files, "stateful-prune")
    assert found.message == (
        "Namespace shared is pruned as soon as the Kustomization no longer renders it (a renamed file, a moved folder, "
        "a changed name prefix), and it takes 1 workload of other deliveries (web) along. Annotate it with "
        "kustomize.toolkit.fluxcd.io/prune: disabled"
    )


@pytest.mark.parametrize(("keep", "count"), [("keep", 0), ("delete", 1)])
def test_a_helm_release_keeps_what_its_chart_says_to_keep(keep: str, count: int, tmp_path: Path) -> None:
    more = f"  annotations: {{helm.sh/resource-policy: {keep}}}\n"
    release = """
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: db, namespace: db}
        spec:
          interval: 1m
          chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
        """
    files = {
        "flux.yaml": _flux() + release.lstrip("\n"),
        "chart/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        "chart/templates/claim.yaml": CLAIM.format(name="data", more=more),
    }
    assert len(findings(tmp_path, files, "stateful-prune")) == count


def test_the_namespaces_of_one_line_are_one_finding(tmp_path: Path) -> None:
    pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: team-{0}}}\n"
    files = {
        "flux.yaml": _flux("one", "two", "apps"),
        "space/kustomization.yaml": "resources: [namespace.yaml]\n",
        "space/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n",
        "one/kustomization.yaml": "resources: [../space]\nnamespace: team-one\n",
        "two/kustomization.yaml": "resources: [../space]\nnamespace: team-two\n",
        "apps/one.yaml": pod.format("one"),
        "apps/two.yaml": pod.format("two") + "---\n" + pod.format("two").replace("web", "api"),
    }
    (found,) = findings(tmp_path, files, "stateful-prune")
    assert (found.span.path, found.span.line) == ("space/namespace.yaml", 3)
    assert [name.rpartition("/")[2] for name in found.deliveries] == ["one", "two"]
