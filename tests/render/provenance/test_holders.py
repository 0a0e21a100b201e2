"""Values and variables that a ConfigMap gives, itself rendered: from a generator, or patched by an overlay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import Provenance, render_repository
from gitlint_ops.source import FieldPath, open_tree

Write = Callable[[Mapping[str, str]], Path]
CONTAINER: FieldPath = ("spec", "template", "spec", "containers", 0, "image")
RELEASE = """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: web, namespace: web}
    spec:
      interval: 1h
      chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
      valuesFrom: [{kind: ConfigMap, name: web-values}]
    """
FILES = {
    "clusters/prod/apps.yaml": """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: apps, namespace: flux-system}
        spec:
          interval: 1h
          path: ./apps/prod
          prune: true
          sourceRef: {kind: GitRepository, name: flux-system}
          postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}
        """,
    "apps/prod/kustomization.yaml": "resources: [../base]\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/templates/web.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {containers: [{name: web, image: "web:{{ .Values.tag }}"}]}}}
        """,
}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: %s}\ndata:\n  %s\n"
VALUES = CONFIG_MAP % ("web-values", "web", 'values.yaml: |\n    tag: "1.0"')


def _origin(root: Path, kind: str, field_path: FieldPath) -> tuple[str, int, bool]:
    config = Config(repository_urls=("https://github.com/acme/fleet",))
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        (item,) = [item for item in rendering.all_objects() if item.kind == kind]
        origin = Provenance(tree, engine, rendering).origins(item, field_path)[0]
    return origin.span.path, origin.span.line, origin.exact


def test_values_that_a_generator_reads_from_a_file(write: Write) -> None:
    base = {
        "apps/base/kustomization.yaml": """
            resources: [release.yaml]
            configMapGenerator: [{name: web-values, namespace: web, files: [values.yaml]}]
            generatorOptions: {disableNameSuffixHash: true}
            """,
        "apps/base/release.yaml": RELEASE,
        "apps/base/values.yaml": 'other: 1\ntag: "2.0"\n',
    }
    assert _origin(write({**FILES, **base}), "Deployment", CONTAINER) == ("apps/base/values.yaml", 2, True)


def test_values_that_an_overlay_patches(write: Write) -> None:
    files = {
        **FILES,
        "apps/base/kustomization.yaml": "resources: [release.yaml, values.yaml]\n",
        "apps/base/release.yaml": RELEASE,
        "apps/base/values.yaml": VALUES,
        "apps/prod/kustomization.yaml": "resources: [../base]\npatches: [{path: values.yaml}]\n",
        "apps/prod/values.yaml": VALUES.replace("1.0", "2.0"),
    }
    assert _origin(write(files), "Deployment", CONTAINER) == ("apps/prod/values.yaml", 6, True)


def test_a_variable_of_a_patched_config_map(write: Write) -> None:
    settings = CONFIG_MAP % ("settings", "flux-system", "REGION: eu")
    files = {
        **FILES,
        "clusters/base/kustomization.yaml": "resources: [settings.yaml]\n",
        "clusters/base/settings.yaml": settings,
        "clusters/prod/kustomization.yaml": "resources: [../base, apps.yaml]\npatches: [{path: settings.yaml}]\n",
        "clusters/prod/settings.yaml": settings.replace("eu", "us"),
        "apps/base/kustomization.yaml": "resources: [secret.yaml]\n",
        "apps/base/secret.yaml": """
            apiVersion: v1
            kind: Secret
            metadata: {name: web}
            stringData: {region: "${REGION}"}
            """,
    }
    found = _origin(write(files), "Secret", ("stringData", "region"))
    assert found == ("clusters/prod/settings.yaml", 5, True)
