from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

URL = "https://github.com/example/platform-gitops.git"
CONFIG = {".gitlint-ops.yaml": f"repository: {{urls: [{URL}]}}\n"}
POD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{image: "web:1.0.0"}]}}}
"""


def _application(name: str, path: str, policy: str = "{}", metadata: str = "") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd{metadata}}}
        spec:
          project: default
          source: {{repoURL: {URL}, targetRevision: main, path: {path}}}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
          syncPolicy: {policy}
        """


PRUNE = "{automated: {prune: true, selfHeal: true}}"


def _many(count: int, policy: str) -> dict[str, str]:
    children = {f"children/c{n:02}.yaml": _application(f"c{n:02}", "web") for n in range(count)}
    return {"root.yaml": _application("root", "children", policy), **children, "web/web.yaml": POD, **CONFIG}


def test_a_root_over_the_limits_names_its_figures_and_heaviest_children(tmp_path: Path) -> None:
    found = findings(tmp_path, _many(21, PRUNE), "root-app-blast-radius")
    assert places(found) == [("root.yaml", 8)]
    assert found[0].message == (
        "Application root syncs by itself with prune and selfHeal and reaches 21 deliveries (limit 20), 21 namespaces "
        "(limit 20): in all 21 deliveries, 21 workloads, 21 namespaces, 1 cluster. Heaviest children: c00 (1 workload)"
        ", c01 (1 workload), c02 (1 workload). One bad change to it reaches all of them; split it into smaller roots ("
        "one for each team or layer), or turn prune and selfHeal off"
    )
    assert [(item.span.path, item.message) for item in found[0].related] == [
        (f"children/c{n:02}.yaml", f"Application c{n:02}: 1 workload") for n in range(5)
    ]


def test_a_root_that_waits_for_a_person_may_be_large(tmp_path: Path) -> None:
    assert findings(tmp_path, _many(21, "{}"), "root-app-blast-radius") == ()


def test_a_root_counts_through_all_levels(tmp_path: Path) -> None:
    files = _many(21, "{}") | {"top.yaml": _application("top", "middle", PRUNE)}
    files["middle/root.yaml"] = files.pop("root.yaml")
    found = findings(tmp_path, files, "root-app-blast-radius")
    assert places(found) == [("top.yaml", 8)]
    assert "22 deliveries (limit 20)" in found[0].message


def test_a_flux_root_has_higher_limits(tmp_path: Path) -> None:
    kustomization = """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: {0}, namespace: flux-system}}
        spec: {{interval: 1m, prune: true, path: {1}, sourceRef: {{kind: GitRepository, name: flux-system}}}}
        """
    source = f"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: flux-system, namespace: flux-system}}
        spec: {{interval: 1m, url: {URL}, ref: {{branch: main}}}}
        """
    files = {f"cluster/c{n:02}.yaml": kustomization.format(f"c{n:02}", "./web") for n in range(21)}
    files |= {
        "root.yaml": kustomization.format("root", "./cluster"),
        "source.yaml": source,
        "web/web.yaml": POD,
        **CONFIG,
    }
    assert findings(tmp_path, files, "root-app-blast-radius") == ()
    files[".gitlint-ops.yaml"] += "rules: {root-app-blast-radius: {options: {flux_factor: 1}}}\n"
    assert places(findings(tmp_path, files, "root-app-blast-radius")) == [("root.yaml", 4)]


def test_an_application_set_that_deletes_is_a_root(tmp_path: Path) -> None:
    elements = ", ".join(f"{{name: c{n:02}}}" for n in range(21))
    text = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: all, namespace: argocd}}
        spec:
          generators: [{{list: {{elements: [{elements}]}}}}]
          template:
            metadata: {{name: "{{{{name}}}}"}}
            spec:
              project: default
              source: {{repoURL: {URL}, targetRevision: main, path: web}}
              destination: {{server: https://kubernetes.default.svc, namespace: web}}
              syncPolicy: {{automated: {{prune: true}}}}
        """
    files = {"set.yaml": text, "web/web.yaml": POD, **CONFIG}
    found = findings(tmp_path, files, "root-app-blast-radius")
    assert places(found) == [("set.yaml", 3)]
    assert found[0].message.startswith(
        "ApplicationSet all creates, changes and deletes Applications that sync by themselves and reaches 21 "
        "deliveries (limit 20): in all 21 deliveries, 1 workload, 1 namespace, 1 cluster."
    )
    files["set.yaml"] = text.replace(
        "          generators", "          syncPolicy: {applicationsSync: create-update}\n          generators"
    )
    assert findings(tmp_path, files, "root-app-blast-radius") == ()


def _pruning(policy: str = PRUNE, metadata: str = "") -> dict[str, str]:
    child = _application("web", "web", metadata=metadata)
    return {
        "root.yaml": _application("root", "children", policy),
        "children/web.yaml": child,
        "web/web.yaml": POD,
        **CONFIG,
    }


def test_children_without_a_finalizer_are_orphaned(tmp_path: Path) -> None:
    found = findings(tmp_path, _pruning(), "root-app-auto-prune")
    assert places(found) == [("root.yaml", 8)]
    assert "1 of 1 leave theirs running without an owner (no resources finalizer)" in found[0].message
    assert [item.message for item in found[0].related] == ["Application web would be deleted"]


def test_children_that_ask_first_are_not_pruned(tmp_path: Path) -> None:
    metadata = ", annotations: {argocd.argoproj.io/sync-options: 'Prune=confirm'}"
    assert findings(tmp_path, _pruning(metadata=metadata), "root-app-auto-prune") == ()


def test_a_root_whose_sync_options_forbid_pruning(tmp_path: Path) -> None:
    policy = "{automated: {prune: true}, syncOptions: [Prune=false]}"
    assert findings(tmp_path, _pruning(policy), "root-app-auto-prune") == ()
    assert findings(tmp_path, _pruning("{automated: {prune: true, enabled: false}}"), "root-app-auto-prune") == ()


def test_an_application_set_below_a_root_takes_its_applications_along(tmp_path: Path) -> None:
    files = _pruning()
    files["children/web.yaml"] = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {{name: all, namespace: argocd}}
        spec:
          generators: [{{list: {{elements: [{{name: a}}, {{name: b}}]}}}}]
          template:
            metadata: {{name: "{{{{name}}}}"}}
            spec:
              project: default
              source: {{repoURL: {URL}, targetRevision: main, path: web}}
              destination: {{server: https://kubernetes.default.svc, namespace: web}}
        """
    found = findings(tmp_path, files, "root-app-auto-prune")
    assert "1 of 1 take their workloads with them (1 workload known here)" in found[0].message


def test_a_root_that_reaches_production_prunes_in_production(tmp_path: Path) -> None:
    files = _pruning() | {"children/shop.yaml": _application("shop", "shop/overlays/prod")}
    files["shop/overlays/prod/shop.yaml"] = POD
    (found,) = findings(tmp_path, files, "root-app-auto-prune")
    assert (found.severity, found.environments) == ("error", ("prod",))
