from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CONFIG = f"repository: {{urls: [{URL}]}}\n"


def application(name: str, policy: str, path: str = "") -> str:
    source = f"{{repoURL: {URL}, targetRevision: main, path: {path or name}}}"
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source: {source}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
          syncPolicy: {policy}
        """


def config_map(name: str, kind: str = "ConfigMap", options: str = "") -> str:
    annotations = f", annotations: {{argocd.argoproj.io/sync-options: '{options}'}}" if options else ""
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}{annotations}}}\n"


def test_most_automated_applications_that_do_not_heal_are_one_finding(tmp_path: Path) -> None:
    files = {f"argocd/{name}.yaml": application(name, "{automated: {}}") for name in "abcde"}
    files["argocd/f.yaml"] = application("f", "{automated: {selfHeal: true}}")
    found = findings(tmp_path, files, "self-heal-off")
    assert places(found) == [("argocd/a.yaml", 8)]
    assert found[0].message.startswith(
        "5 of 6 automated Applications here do not heal, first of all here: Application a syncs each commit"
    )
    assert [item.message for item in found[0].related] == [f"Application {name} too" for name in "bcde"]


def test_copies_of_one_application_are_one_finding(tmp_path: Path) -> None:
    clouds = ["aws", "azure", "civo", "google", "vultr"]
    files = {f"{cloud}/web.yaml": application("web", "{automated: {}}") for cloud in clouds}
    files |= {f"{cloud}/{n}.yaml": application(n, "{automated: {selfHeal: true}}") for cloud in clouds for n in "ab"}
    found = findings(tmp_path, files, "self-heal-off")
    assert places(found) == [("aws/web.yaml", 8)]
    assert found[0].message.endswith("set selfHeal: true (5 are declared alike, this is the first)")


@pytest.mark.parametrize(
    ("objects", "count"),
    [
        ([config_map("a"), config_map("a", "Namespace")], 0),
        ([config_map("a"), config_map("a", "Service")], 1),
        ([], 1),
    ],
)
def test_replacing_is_harmless_where_nothing_can_be_lost(objects: list[str], count: int, tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application("web", "{syncOptions: [Replace=true]}"),
        "web/all.yaml": "---\n".join(objects) or "# nothing yet\n",
        ".gitlint-ops.yaml": CONFIG,
    }
    assert len(findings(tmp_path, files, "force-or-replace")) == count


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ("Prune=false, Force=true", "Service", "Force=true has Service web deleted and created again"),
        ("Replace=true", "Service", "Replace=true has Service web replaced at each sync"),
        ("Force=true", "ConfigMap", "Force=true has ConfigMap web deleted"),
        ("Replace=true", "ConfigMap", ""),
        ("Replace=false", "Service", ""),
    ],
)
def test_forced_objects(options: str, kind: str, said: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/web.yaml": config_map("web", kind, options)}, "force-or-replace")
    assert [item.message.startswith(said) for item in found] == [True] * bool(said)
    assert [item.object.field for item in found if item.object] == [
        "metadata.annotations['argocd.argoproj.io/sync-options']"
    ] * bool(said)


def test_an_annotation_of_argo_cd_means_nothing_to_flux(tmp_path: Path) -> None:
    files = {
        "clusters/home/apps.yaml": f"""
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {{name: flux-system, namespace: flux-system}}
            spec: {{interval: 1m, url: "{URL}", ref: {{branch: main}}}}
            ---
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {{name: apps, namespace: flux-system}}
            spec:
              interval: 10m
              prune: true
              path: ./web
              sourceRef: {{kind: GitRepository, name: flux-system}}
            """,
        "web/a.yaml": config_map("a", "Service", "Force=true,Validate=false"),
        "web/b.yaml": """
            apiVersion: v1
            kind: Service
            metadata: {name: b, annotations: {kustomize.toolkit.fluxcd.io/force: Enabled}}
            """,
        ".gitlint-ops.yaml": CONFIG,
    }
    found = findings(tmp_path, files, "force-or-replace", "validation-off")
    assert [(item.span.path, item.rule) for item in found] == [("web/b.yaml", "force-or-replace")]
