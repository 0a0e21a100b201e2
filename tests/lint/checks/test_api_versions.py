from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.schemas.lifecycle import Lifecycle, lifecycle_of, release_of
from tests.lint.checks.support import findings, places

CRONJOB = """
    apiVersion: batch/v1beta1
    kind: CronJob
    metadata: {name: backup}
    spec:
      schedule: "0 3 * * *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: backup, image: "ghcr.io/acme/backup:1.0.0"}]
    """


def test_the_table_knows_kubernetes_and_flux() -> None:
    assert lifecycle_of("batch/v1beta1", "CronJob") == Lifecycle(
        "batch/v1beta1", "CronJob", (1, 21), (1, 25), "batch/v1"
    )
    flux = lifecycle_of("helm.toolkit.fluxcd.io/v2beta1", "HelmRelease")
    assert flux is not None
    assert (flux.product, flux.dropped, flux.replacement) == ("Flux", True, "helm.toolkit.fluxcd.io/v2")
    assert lifecycle_of("apps/v1", "Deployment") is None


def test_a_replacement_of_another_kind_keeps_its_name() -> None:
    endpoints = lifecycle_of("v1", "Endpoints")
    assert endpoints is not None
    assert (endpoints.replacement, endpoints.removed) == ("discovery.k8s.io/v1 EndpointSlice", None)


@pytest.mark.parametrize(
    ("version", "release"), [("1.29", (1, 29)), ("v1.29.3-gke.1", (1, 29)), ("", None), ("newest", None)]
)
def test_release_of(version: str, release: tuple[int, int] | None) -> None:
    assert release_of(version) == release


def test_an_alike_successor_is_a_fix(tmp_path: Path) -> None:
    files = {"apps/kustomization.yaml": "resources: [cronjob.yaml]\n", "apps/cronjob.yaml": CRONJOB}
    (found,) = findings(tmp_path, files, "removed-api")
    assert found.fix is not None
    assert [(edit.span.line, edit.span.column, edit.text) for edit in found.fix.edits] == [(1, 13, "batch/v1")]
    assert found.fix.description == "Use batch/v1, which has the same fields"


def test_no_fix_where_a_patch_names_the_old_version_too(tmp_path: Path) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [cronjob.yaml]\npatches: [{path: patch.yaml}]\n",
        "apps/cronjob.yaml": CRONJOB,
        "apps/patch.yaml": ("{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: backup}, spec: {}}\n"),
    }
    (found,) = findings(tmp_path, files, "removed-api")
    assert (found.span.path, found.fix) == ("apps/cronjob.yaml", None)


def test_no_fix_where_the_successor_refuses_the_object(tmp_path: Path) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [a.yaml]\n",
        "apps/a.yaml": CRONJOB.replace("schedule:", "scedule:"),
    }
    (found,) = findings(tmp_path, files, "removed-api")
    assert found.fix is None


def test_objects_of_a_kustomization_that_does_not_build_are_seen(tmp_path: Path) -> None:
    files = {"apps/kustomization.yaml": "resources: [cronjob.yaml, gone.yaml]\n", "apps/cronjob.yaml": CRONJOB}
    assert places(findings(tmp_path, files, "removed-api")) == [("apps/cronjob.yaml", 1)]


def test_one_line_is_said_once(tmp_path: Path) -> None:
    files = {"apps/kustomization.yaml": "resources: [cronjob.yaml]\n", "apps/cronjob.yaml": CRONJOB}
    found = findings(tmp_path, files, "removed-api", "deprecated-api", "schema-error")
    assert [item.rule for item in found] == ["removed-api"]
