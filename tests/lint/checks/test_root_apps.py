from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CONFIG = {".gitlint-ops.yaml": f"repository: {{urls: [{URL}]}}\n"}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def _application(name: str, path: str, policy: str = "{}", server: str = "https://kubernetes.default.svc") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: apps
          source: {{repoURL: {URL}, targetRevision: v1.0.0, path: {path}}}
          destination: {{server: "{server}", namespace: argocd}}
          syncPolicy: {policy}
        """


def _both(root: str) -> dict[str, str]:
    """A root over staging and production."""
    children = {f"root/{e}.yaml": _application(f"web-{e}", f"apps/{e}") for e in ("staging", "prod")}
    return {"root.yaml": root, **children, "apps/staging/a.yaml": CONFIG_MAP, "apps/prod/a.yaml": CONFIG_MAP, **CONFIG}


@pytest.mark.parametrize("policy", ["{automated: {}}", "{automated: {prune: true}}"])
def test_any_automated_root_over_production_and_others_mixes(policy: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, _both(_application("root", "root", policy)), "root-app-mixes-environments")
    assert (found.span.path, found.span.line, found.exact) == ("root.yaml", 8, True)
    assert [(r.span.path, r.message) for r in found.related] == [
        ("root/staging.yaml", "Application web-staging is of staging"),
        ("root/prod.yaml", "Application web-prod is of prod"),
    ]


def test_the_rule_on_the_blast_radius_speaks_for_the_mix_too(tmp_path: Path) -> None:
    files = _both(_application("root", "root", "{automated: {selfHeal: true}}"))
    files[".gitlint-ops.yaml"] += "rules: {root-app-blast-radius: {options: {max_environments: 1}}}\n"
    found = findings(tmp_path, files, "root-app-mixes-environments", "root-app-blast-radius")
    assert [item.rule for item in found] == ["root-app-blast-radius"]


@pytest.mark.parametrize(("strategy", "count"), [("{type: RollingSync}", 0), ("{type: AllAtOnce}", 1)])
def test_a_progressive_application_set_does_not_mix(strategy: str, count: int, tmp_path: Path) -> None:
    files = _both("")
    files["root.yaml"] = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: web, namespace: argocd}}
        spec:
          strategy: {strategy}
          generators: [{{list: {{elements: [{{env: staging}}, {{env: prod}}]}}}}]
          template:
            metadata: {{name: "web-{{{{env}}}}"}}
            spec:
              project: apps
              source: {{repoURL: {URL}, targetRevision: v1.0.0, path: "apps/{{{{env}}}}"}}
              destination: {{server: https://kubernetes.default.svc, namespace: web}}
              syncPolicy: {{automated: {{}}}}
        """
    del files["root/staging.yaml"], files["root/prod.yaml"]
    assert len(findings(tmp_path, files, "root-app-mixes-environments")) == count


def test_each_root_on_the_own_branch_is_told_of_once(tmp_path: Path) -> None:
    files = _both(_application("root", "root").replace("v1.0.0", "main"))
    files |= {"second.yaml": _application("second", "more").replace("v1.0.0", "main")}
    files |= {"more/x.yaml": _application("x", "apps/prod")}
    found = findings(tmp_path, files, "root-app-mutable-revision", "mutable-target-revision")
    assert [(item.rule, item.span.path) for item in found] == [("mutable-target-revision", "root.yaml")]
    found = findings(tmp_path, files, "root-app-mutable-revision")
    assert places(found) == [("root.yaml", 6), ("second.yaml", 6)]


def test_a_root_without_a_project_is_in_the_default_one(tmp_path: Path) -> None:
    root = _application("root", "root").replace("          project: apps\n", "")
    (found,) = findings(tmp_path, _both(root), "root-app-default-project")
    assert (found.span.path, found.span.line, found.span.column) == ("root.yaml", 4, 1)
    assert found.environments == ("staging", "prod")


def test_a_child_that_installs_argo_cd_may_bring_the_root_along(tmp_path: Path) -> None:
    server = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-server}\n"
    files = {
        "root.yaml": _application("root", "apps"),
        "apps/argocd.yaml": _application("argocd", "bootstrap"),
        "bootstrap/kustomization.yaml": "resources: [server.yaml, root.yaml]\n",
        "bootstrap/root.yaml": _application("root", "apps"),
        "bootstrap/server.yaml": server,
        **CONFIG,
    }
    assert findings(tmp_path, files, "root-app-cycle") == ()
    files["bootstrap/server.yaml"] = server.replace("argocd-server", "other")
    assert len(findings(tmp_path, files, "root-app-cycle")) == 1


def test_an_application_of_the_same_name_in_another_cluster_is_no_cycle(tmp_path: Path) -> None:
    files = {
        "root.yaml": _application("root", "apps"),
        "apps/edge.yaml": _application("edge", "edge", server="https://edge.example.com"),
        "edge/root.yaml": _application("root", "edge-apps"),
        **CONFIG,
    }
    assert findings(tmp_path, files, "root-app-cycle") == ()


def test_only_a_root_is_told_that_its_finalizer_cascades(tmp_path: Path) -> None:
    finalizer = "namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io/background]"
    files = _both(_application("root", "root").replace("namespace: argocd", finalizer, 1))
    (found,) = findings(tmp_path, files, "cascade-delete")
    assert found.message.startswith(
        "deleting Application root deletes the 2 deliveries below it, as it has the resources finalizer, though what "
        "they run stays: "
    )
    assert found.environments == ("staging", "prod")


def test_an_application_that_applies_itself_is_not_told_as_applied_twice_too(tmp_path: Path) -> None:
    name, lines = "metadata: {name: web, namespace: argocd}", "metadata:\n{0}  name: web\n{0}  namespace: argocd"
    child = _application("web", "apps").replace(name, lines.format(" " * 8))
    files = {"root.yaml": _application("root", "apps"), "apps/web.yaml": child, **CONFIG}
    found = findings(tmp_path, files, "root-app-cycle", "shared-object")
    assert [(item.rule, item.span.line) for item in found] == [("root-app-cycle", 8)]
    assert [(item.span.line, item.message) for item in found[0].related] == [(4, "Application web is declared here")]
