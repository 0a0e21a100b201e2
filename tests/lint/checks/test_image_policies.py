from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.image_policies import full_name
from tests.lint.checks.support import findings, places
from tests.lint.support import run


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("bitnami/redis", "docker.io/bitnami/redis"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/bitnami/redis", "docker.io/bitnami/redis"),
        ("localhost/web", "localhost/web"),
        ("registry:5000/web", "registry:5000/web"),
        ("ghcr.io/acme/web", "ghcr.io/acme/web"),
    ],
)
def test_names_are_completed_as_container_runtimes_do(name: str, full: str) -> None:
    assert full_name(name) == full


POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "%s"}]}\n'


def test_images_in_the_values_of_charts_that_are_not_rendered(tmp_path: Path) -> None:
    release = """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: web}
        spec:
          interval: 10m
          chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: acme}}}
          values:
            image: {repository: acme/web, tag: 1.0.0}
            side: {image: {repository: quay.io/acme/side, tag: 1.0.0}}
        """
    config = "rules: {image-registry-not-allowed: {options: {registries: [ghcr.io]}}}\n"
    files = {"release.yaml": release, "pod.yaml": POD % "nginx:1.27.3", ".gitlint-ops.yaml": config}
    # The chart may put a registry before acme/web.
    assert places(findings(tmp_path, files, "image-registry-not-allowed")) == [("pod.yaml", 4), ("release.yaml", 9)]


def test_a_pattern_that_is_none_is_the_configurations_fault(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD % "web:1.0.0", "utf-8")
    (tmp_path / ".gitlint-ops.yaml").write_text(
        "rules: {image-from-unknown-build: {options: {tag_pattern: '[0-9'}}}\n", "utf-8"
    )
    with pytest.raises(Exception, match=r"tag_pattern: '\[0-9' is no regular expression: missing closing ]: `"):
        run(tmp_path, "image-from-unknown-build")
