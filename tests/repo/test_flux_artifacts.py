"""Flux sources that hold a part of this repository."""

from __future__ import annotations

from tests.repo.conftest import SurveyOf
from tests.repo.delivering import deliver, only, unit_of

_KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps, namespace: flux-system}}
spec:
  interval: 10m
  prune: true
  path: ./apps/prod
  sourceRef: {{kind: {kind}, name: flux-system}}
"""
_OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def test_an_artifact_of_a_folder_that_the_kustomization_lies_in(survey_of: SurveyOf) -> None:
    files = {
        "kubernetes/clusters/prod/apps.yaml": _KUSTOMIZATION.format(kind="OCIRepository"),
        "kubernetes/apps/prod/a.yaml": _OBJECT,
    }
    assert unit_of(only(deliver(survey_of, files))).path == "kubernetes/apps/prod"


def test_a_git_repository_is_taken_whole(survey_of: SurveyOf) -> None:
    files = {
        "kubernetes/clusters/prod/apps.yaml": _KUSTOMIZATION.format(kind="GitRepository"),
        "kubernetes/apps/prod/a.yaml": _OBJECT,
    }
    assert [item.reason for item in only(deliver(survey_of, files)).unrendered] == [
        "its path './apps/prod' does not exist"
    ]
