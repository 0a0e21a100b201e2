from __future__ import annotations

import pytest

from gitlint_ops.lint.schemas.builtin import release_schemas
from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.misspelt import misspelt_kind

SCHEMAS = release_schemas((1, 33))


@pytest.mark.parametrize(
    ("api_version", "kind", "field", "message"),
    [
        (
            "app/v1",
            "Deployment",
            "apiVersion",
            "Kubernetes has no group app, and a custom kind's group holds a dot; Deployment is served as apps/v1",
        ),
        (
            "networking.k8.io/v1",
            "Ingress",
            "apiVersion",
            "there is no group networking.k8.io with a kind Ingress; did you mean networking.k8s.io/v1?",
        ),
        (
            "helm.toolkit.fluxcd/v2",
            "HelmRelease",
            "apiVersion",
            "there is no group helm.toolkit.fluxcd with a kind HelmRelease; did you mean helm.toolkit.fluxcd.io/v2?",
        ),
        (
            "argoproj.io/v1",
            "Application",
            "apiVersion",
            "Argo CD has no argoproj.io/v1 Application; use argoproj.io/v1alpha1",
        ),
        (
            "source.toolkit.fluxcd.io/v3",
            "GitRepository",
            "apiVersion",
            "Flux has no source.toolkit.fluxcd.io/v3 GitRepository; use source.toolkit.fluxcd.io/v1",
        ),
        (
            "helm.toolkit.fluxcd.io/v2",
            "HelmRelaese",
            "kind",
            "Flux has no kind HelmRelaese in helm.toolkit.fluxcd.io; did you mean HelmRelease?",
        ),
    ],
)
def test_what_no_cluster_serves(api_version: str, kind: str, field: str, message: str) -> None:
    assert misspelt_kind(api_version, kind, SCHEMAS) == Fault((field,), message)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("apps.acme.example/v1", "Deployment"),
        ("networking.x-k8s.io/v1", "Ingress"),
        ("serving.knative.dev/v1", "Service"),
        ("argoproj.io/v1alpha1", "Rollout"),
        ("argoproj.io/v1beta1", "ArgoCD"),
        ("acme/v1", "Backup"),
    ],
)
def test_what_may_be_a_custom_kind(api_version: str, kind: str) -> None:
    assert misspelt_kind(api_version, kind, SCHEMAS) is None
