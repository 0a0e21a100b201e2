from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

RULE = "external-secret-store-missing"


def _external(store: str, kind: str = "ClusterSecretStore") -> str:
    return f"""
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {{name: db, namespace: shop}}
        spec:
          secretStoreRef: {{name: {store}, kind: {kind}}}
          data: [{{secretKey: password, remoteRef: {{key: db}}}}]
        """


def _store(name: str) -> str:
    return f"""
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {{name: {name}}}
        spec: {{provider: {{vault: {{server: "https://vault.internal", path: kv, version: v2}}}}}}
        """


def _overlay(name: str) -> dict[str, str]:
    return {f"overlays/{name}/kustomization.yaml": "resources: [all.yaml]\n"}


def test_without_any_store_they_are_made_elsewhere(tmp_path: Path) -> None:
    assert findings(tmp_path, {**_overlay("prod"), "overlays/prod/all.yaml": _external("vault")}, RULE) == ()


def test_a_store_in_a_file_that_is_not_rendered_may_be_there(tmp_path: Path) -> None:
    files = {
        **_overlay("staging"),
        "overlays/staging/all.yaml": _external("vault").rstrip() + "\n        ---" + _store("vault"),
        **_overlay("prod"),
        "overlays/prod/all.yaml": _external("vault"),
        "terraform/values.yaml": "extraObjects:\n  - apiVersion: external-secrets.io/v1\n    kind: ClusterSecretStore\n"
        "    metadata: {name: vault}\n",
    }
    assert findings(tmp_path, files, RULE) == ()
    (tmp_path / "terraform/values.yaml").unlink()
    assert places(findings(tmp_path, {}, RULE)) == [("overlays/prod/all.yaml", 5)]


def test_environments_in_which_nothing_refers_to_the_store_tell_nothing(tmp_path: Path) -> None:
    files = {
        **_overlay("staging"),
        "overlays/staging/all.yaml": _store("vault"),
        **_overlay("prod"),
        "overlays/prod/all.yaml": _external("vault"),
    }
    assert findings(tmp_path, files, RULE) == ()


def test_a_store_in_a_place_of_no_environment_serves_all(tmp_path: Path) -> None:
    files = {
        "platform/kustomization.yaml": "resources: [all.yaml]\n",
        "platform/all.yaml": _store("vault"),
        **_overlay("prod"),
        "overlays/prod/all.yaml": _external("vault"),
    }
    assert findings(tmp_path, files, RULE) == ()
