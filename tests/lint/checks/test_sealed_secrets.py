from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

RULE = "sealed-secret-rescoped"
OVERLAY = "resources: [../../base]\n"


def _sealed(name: str = "db", namespace: str = "shop", text: str = "AgBy3i4OJSWK") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {{name: {name}{where}}}
        spec:
          encryptedData: {{password: {text}}}
        """


def test_a_suffix_is_found_where_it_is_written(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [s.yaml]\n",
        "base/s.yaml": _sealed(),
        "overlays/prod/kustomization.yaml": f"nameSuffix: -v2\n{OVERLAY}",
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("overlays/prod/kustomization.yaml", 1)]
    assert [(item.span.path, item.span.line) for item in found[0].related] == [("base/s.yaml", 3)]


def test_one_that_states_no_namespace_may_be_for_any(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [s.yaml]\n",
        "base/s.yaml": _sealed(namespace=""),
        "overlays/prod/kustomization.yaml": f"namespace: shop-prod\n{OVERLAY}",
    }
    assert findings(tmp_path, files, RULE) == ()


def test_a_copy_that_fits_makes_the_other_one_harmless(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [s.yaml]\n",
        "base/s.yaml": _sealed(),
        "old/s.yaml": _sealed(namespace="shop-prod"),
        "overlays/prod/kustomization.yaml": f"namespace: shop-prod\n{OVERLAY}",
    }
    assert findings(tmp_path, files, RULE) == ()


def test_those_of_charts_are_left_out(tmp_path: Path) -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/templates/s.yaml": _sealed(name="'{{ .Release.Name }}-db'"),
    }
    assert findings(tmp_path, files, RULE) == ()


def test_flux_moves_them_by_its_target_namespace(tmp_path: Path) -> None:
    files = {
        "clusters/prod/apps.yaml": """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {name: flux-system, namespace: flux-system}
            spec: {interval: 1m, url: https://github.com/example/platform-gitops.git, ref: {tag: v1.0.0}}
            ---
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: apps, namespace: flux-system}
            spec:
              interval: 10m
              prune: true
              path: ./apps
              targetNamespace: elsewhere
              sourceRef: {kind: GitRepository, name: flux-system}
            """,
        "apps/kustomization.yaml": "resources: [s.yaml]\n",
        "apps/s.yaml": _sealed(),
        ".gitlint-ops.yaml": "repository: {urls: [https://github.com/example/platform-gitops.git]}\n",
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("clusters/prod/apps.yaml", 13)]
    assert found[0].message == (
        "SealedSecret db is sealed for the namespace shop and applied in elsewhere, where the controller cannot unseal "
        "it; seal it for elsewhere, or leave the namespace as it is"
    )


def test_one_that_many_overlays_move_is_one_finding_where_it_is_sealed(tmp_path: Path) -> None:
    files = {"base/kustomization.yaml": "resources: [s.yaml]\n", "base/s.yaml": _sealed()}
    for name in ("dev", "staging", "prod"):
        files[f"overlays/{name}/kustomization.yaml"] = f"namePrefix: {name}-\n{OVERLAY}"
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("base/s.yaml", 3)]
    assert found[0].environments == ("dev", "staging", "prod")
    assert found[0].message == (
        "SealedSecret db is sealed for db and applied as dev-db, prod-db, staging-db, where the controller cannot "
        "unseal it: it cannot be shared; seal one for each place that applies it"
    )
    assert len(found[0].related) == 3
