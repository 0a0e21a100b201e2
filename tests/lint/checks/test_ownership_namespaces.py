from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"


def application(name: str, namespace: str, options: str = "[]") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {name}}}
          destination: {{server: https://kubernetes.default.svc, namespace: '{namespace}'}}
          syncPolicy: {{syncOptions: {options}}}
        """


def config_map(namespace: str = "", name: str = "web") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{place}}}\n"


@pytest.mark.parametrize(
    ("target", "manifests", "count"),
    [
        ("web", [config_map("shop")], 1),
        ("web", [config_map("shop"), config_map()], 0),
        ("web", [config_map("shop"), config_map("kube-system")], 0),
        ("default", [config_map("shop")], 0),
        ("argocd", [config_map("shop")], 0),
        ("", [config_map("shop")], 0),
        ("web", [], 0),
    ],
)
def test_where_an_application_lands(target: str, manifests: list[str], count: int, tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", target),
        "web/all.yaml": "---\n".join(manifests) or "# nothing yet\n",
        ".gitlint-ops.yaml": CONFIG,
    }
    assert places(findings(tmp_path, files, "namespace-mismatch")) == [("argocd/web.yaml", 7)] * count


@pytest.mark.parametrize(("beside", "count"), [(application("api", "api"), 0), (config_map("argocd", "more"), 1)])
def test_what_lands_beside_a_roots_applications_belongs_there(beside: str, count: int, tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", "web"),
        "web/settings.yaml": config_map("argocd"),
        "web/more.yaml": beside,
        ".gitlint-ops.yaml": CONFIG,
    }
    assert len(findings(tmp_path, files, "namespace-mismatch")) == count


def overlays(**namespaces: str) -> dict[str, str]:
    files = {"web/base/kustomization.yaml": "resources: [a.yaml]\n", "web/base/a.yaml": config_map()}
    for environment, namespace in namespaces.items():
        text = f"namespace: {namespace}\nresources: [../../base]\n"
        files[f"web/overlays/{environment}/kustomization.yaml"] = text
    return files


@pytest.mark.parametrize(
    ("prod", "count"),
    [("web-staging", 1), ("staging", 1), ("web-prod", 0), ("web", 0), ("web-qa", 0), ("staging-tools", 1)],
)
def test_another_environments_namespace(prod: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, overlays(staging="web-staging", prod=prod), "namespace-mismatch")
    assert places(found) == [("web/overlays/prod/kustomization.yaml", 1)] * count


def test_a_delivery_named_after_the_other_environment_means_it(tmp_path: Path) -> None:
    files = overlays(staging="web-staging") | {
        "clusters/prod/web-staging/kustomization.yaml": "namespace: web-staging\nresources: [a.yaml]\n",
        "clusters/prod/web-staging/a.yaml": config_map(name="other"),
    }
    assert findings(tmp_path, files, "namespace-mismatch") == ()


def test_a_set_is_one_finding_for_all_that_it_does_not_create(tmp_path: Path) -> None:
    files = {
        "argocd/shops.yaml": f"""
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
                  destination:
                    server: https://kubernetes.default.svc
                    namespace: 'shop-{{{{name}}}}'
            """,
        "web/all.yaml": config_map(),
        ".gitlint-ops.yaml": CONFIG + "rules: {namespace-missing: {options: {created_for_each_missing: 0}}}\n",
    }
    found = findings(tmp_path, files, "namespace-missing")
    assert places(found) == [("argocd/shops.yaml", 14)]
    assert found[0].message.startswith(
        "nothing here creates the namespaces shop-a, shop-b that ApplicationSet shops goes to, while the others'"
    )


@pytest.mark.parametrize(
    ("others", "count"),
    [
        ({}, 1),
        ({"db/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: db}\n"}, 0),
        ({"other/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: db}\n"}, 0),
        ({"argocd/db.yaml": application("db", "db", "[CreateNamespace=false]")}, 0),
        ({"argocd/db.yaml": application("db", "kube-system")}, 0),
        ({"argocd/db.yaml": application("db", "openshift-monitoring")}, 0),
        ({"argocd/d.yaml": application("d", "d")}, 0),
    ],
    ids=["missing", "in its manifests", "elsewhere", "decided", "system", "platform", "two of five are missing"],
)
def test_who_creates_a_namespace(others: dict[str, str], count: int, tmp_path: Path) -> None:
    files = {f"argocd/{name}.yaml": application(name, name, "[CreateNamespace=true]") for name in "abc"}
    files |= {f"{name}/a.yaml": config_map() for name in ("a", "b", "c", "d", "db")}
    files |= {"argocd/db.yaml": application("db", "db"), ".gitlint-ops.yaml": CONFIG} | others
    assert places(findings(tmp_path, files, "namespace-missing")) == [("argocd/db.yaml", 7)] * count
