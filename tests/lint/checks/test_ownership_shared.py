from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "shared-object"
URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"
SERVER = "server: https://kubernetes.default.svc"


def application(name: str, path: str, *, destination: str = SERVER, namespace: str = "shop") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {path}}}
          destination: {{{destination}, namespace: {namespace}}}
        """


def flux(name: str, path: str, extra: str = "") -> str:
    return f"""
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {name}, namespace: flux-system}}
        spec:
          interval: 10m
          prune: true
          path: {path}
          sourceRef: {{kind: GitRepository, name: flux-system}}
          {extra}
        """


SOURCE = f"""
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata: {{name: flux-system, namespace: flux-system}}
    spec: {{interval: 1m, url: "{URL}", ref: {{branch: main}}}}
    """


def config_map(name: str = "shared", metadata: str = "") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{metadata}}}\n"


def two(first: str, second: str, **manifests: str) -> dict[str, str]:
    files = {"argocd/a.yaml": first, "argocd/b.yaml": second, ".gitlint-ops.yaml": CONFIG}
    return files | {f"{name}/all.yaml": text for name, text in manifests.items()}


@pytest.mark.parametrize(
    ("destination", "count"),
    [
        ({}, 1),
        ({"namespace": "other"}, 0),
        ({"destination": "name: prod-eu"}, 0),
        ({"destination": "server: https://10.0.0.1"}, 0),
    ],
)
def test_one_object_in_one_namespace_of_one_cluster(destination: dict[str, str], count: int, tmp_path: Path) -> None:
    files = two(application("a", "a"), application("b", "b", **destination), a=config_map(), b=config_map())
    assert len(findings(tmp_path, files, RULE)) == count


def test_a_cluster_that_is_named_is_one_wherever_it_is_declared(tmp_path: Path) -> None:
    files = {
        "eu/a.yaml": application("a", "a", destination="name: prod-eu"),
        "us/b.yaml": application("b", "b", destination="name: prod-eu"),
        "a/all.yaml": config_map(),
        "b/all.yaml": config_map(),
        ".gitlint-ops.yaml": CONFIG,
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("b/all.yaml", 3)]
    assert "by both Application a and Application b on cluster prod-eu: each takes it" in found[0].message


@pytest.mark.parametrize(
    "metadata",
    [
        ", annotations: {argocd.argoproj.io/hook: PreSync}",
        ", annotations: {helm.sh/hook: pre-install}",
    ],
)
def test_hooks_are_made_anew_by_each(metadata: str, tmp_path: Path) -> None:
    text = config_map(metadata=metadata)
    files = two(application("a", "a"), application("b", "b"), a=text, b=text)
    assert findings(tmp_path, files, RULE) == ()


def test_objects_without_a_fixed_name_are_never_the_same(tmp_path: Path) -> None:
    text = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n"
    files = two(application("a", "a"), application("b", "b"), a=text, b=text)
    assert findings(tmp_path, files, RULE) == ()


def test_an_object_that_three_apply_is_one_finding_for_each_further_file(tmp_path: Path) -> None:
    files = two(application("a", "a"), application("b", "b"), a=config_map(), b=config_map(), c=config_map())
    files["argocd/c.yaml"] = application("c", "c")
    assert places(findings(tmp_path, files, RULE)) == [("b/all.yaml", 3), ("c/all.yaml", 3)]


def test_a_base_in_two_overlays_of_one_namespace_is_one_problem(tmp_path: Path) -> None:
    files = two(application("a", "apps/a"), application("b", "apps/b"), common=config_map())
    files["common/kustomization.yaml"] = "resources: [all.yaml]\n"
    for name in "ab":
        files[f"apps/{name}/kustomization.yaml"] = "resources: [../../common, own.yaml]\n"
        files[f"apps/{name}/own.yaml"] = config_map(name)
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("common/all.yaml", 3)]


def test_roots_of_different_environments_may_be_on_different_clusters(tmp_path: Path) -> None:
    files = two(application("a-dev", "a"), application("a-prod", "a"), a=config_map())
    assert findings(tmp_path, files, RULE) == ()


def test_one_application_that_two_folders_give_is_no_second_one(tmp_path: Path) -> None:
    files = {
        "one/kustomization.yaml": "resources: [../apps]\n",
        "two/kustomization.yaml": "resources: [../apps]\n",
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": application("web", "web", destination="name: prod-eu"),
        "web/all.yaml": config_map(),
        ".gitlint-ops.yaml": CONFIG,
    }
    assert findings(tmp_path, files, RULE) == ()


def test_flux_kustomizations_of_one_root(tmp_path: Path) -> None:
    files = {
        "clusters/home/source.yaml": SOURCE,
        "clusters/home/root.yaml": flux("flux-system", "./clusters/home"),
        "clusters/home/a.yaml": flux("a", "./apps/a"),
        "clusters/home/b.yaml": flux("b", "./apps/a"),
        "clusters/home/remote.yaml": flux("remote", "./apps/a", "kubeConfig: {secretRef: {name: far}}"),
        "apps/a/all.yaml": config_map(metadata=", namespace: shop"),
        ".gitlint-ops.yaml": CONFIG,
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("clusters/home/b.yaml", 7)]
    assert found[0].message.startswith("all 1 objects of Kustomization b are applied by Kustomization a too on cluster")


def test_two_flux_clusters_share_nothing(tmp_path: Path) -> None:
    files = {"apps/a/all.yaml": config_map(metadata=", namespace: shop"), ".gitlint-ops.yaml": CONFIG}
    for cluster in ("east", "west"):
        files[f"clusters/{cluster}/source.yaml"] = SOURCE
        files[f"clusters/{cluster}/root.yaml"] = flux("flux-system", f"./clusters/{cluster}")
        files[f"clusters/{cluster}/{cluster}.yaml"] = flux(f"apps-{cluster}", "./apps/a")
    assert findings(tmp_path, files, RULE) == ()


@pytest.mark.parametrize("mark", ["ssa: IfNotPresent", "ssa: Merge", "reconcile: disabled"])
def test_an_object_that_flux_leaves_to_others_is_not_shared(mark: str, tmp_path: Path) -> None:
    key, _, value = mark.partition(": ")
    annotation = f", annotations: {{kustomize.toolkit.fluxcd.io/{key}: {value}}}"
    files = {
        "clusters/home/source.yaml": SOURCE,
        "clusters/home/a.yaml": flux("a", "./apps/a"),
        "clusters/home/b.yaml": flux("b", "./apps/b"),
        "apps/a/all.yaml": config_map(metadata=", namespace: shop"),
        "apps/b/all.yaml": config_map(metadata=f", namespace: shop{annotation}"),
        ".gitlint-ops.yaml": CONFIG,
    }
    assert findings(tmp_path, files, RULE) == ()


def test_an_application_set_over_clusters_whose_names_are_placeholders(tmp_path: Path) -> None:
    text = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: shops, namespace: argocd}}
        spec:
          generators:
            - list: {{elements: [{{name: a}}, {{name: b}}]}}
          template:
            metadata: {{name: 'shop-{{{{name}}}}'}}
            spec:
              project: default
              source: {{repoURL: {URL}, targetRevision: main, path: web}}
              destination: {{name: '<CLUSTER>', namespace: shop}}
        """
    files = {"argocd/shops.yaml": text, "web/all.yaml": config_map(), ".gitlint-ops.yaml": CONFIG}
    assert findings(tmp_path, files, RULE) == ()
    files["argocd/shops.yaml"] = text.replace("'<CLUSTER>'", "prod-eu")
    found = findings(tmp_path, files, RULE)
    assert [(item.span.path, item.span.line) for item in found] == [("argocd/shops.yaml", 11)]
