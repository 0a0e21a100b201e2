"""What flux-operator declares: FluxInstances and ResourceSets."""

from __future__ import annotations

import pytest

from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.model import Delivery, FluxBuild, KustomizeUnit
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import URL, deliver, only, refusal, unit_of
from tests.repo.test_flux import MANIFEST, build_of


def test_a_flux_instance_is_a_root(survey_of: SurveyOf) -> None:
    text = f"""
        apiVersion: fluxcd.controlplane.io/v1
        kind: FluxInstance
        metadata: {{name: flux, namespace: flux-system}}
        spec:
          sync: {{kind: GitRepository, url: "{URL}", ref: refs/heads/main, path: clusters/prod}}
        """
    delivery = only(deliver(survey_of, {"flux.yaml": text, "clusters/prod/c.yaml": MANIFEST}))
    reference = {"kind": "GitRepository", "name": "flux-system"}
    spec = {"interval": "10m0s", "path": "clusters/prod", "prune": True, "sourceRef": reference}
    build = FluxBuild("flux-system", "flux-system", spec)
    assert delivery.id == "flux:FluxInstance/flux-system/flux"
    assert unit_of(delivery) == KustomizeUnit("clusters/prod", flux=build, load_restrictor="none")
    assert delivery.sources[0].revision == "refs/heads/main"
    assert refusal(only(deliver(survey_of, {"flux.yaml": text.replace("clusters/prod", "gone")})))[1] == (
        "its path 'gone' does not exist"
    )


INSTANCE = """
    apiVersion: fluxcd.controlplane.io/v1
    kind: FluxInstance
    metadata: {{name: flux, namespace: flux-system}}
    spec:
      sync: {{kind: OCIRepository, url: "oci://registry.example.com/fleet", ref: latest, path: clusters/prod}}
      kustomize:
        patches:
          - {patch}
    """


def patched_instance(survey_of: SurveyOf, patch: str) -> Delivery:
    text = INSTANCE.format(patch=patch)
    folders = {"clusters/prod/c.yaml": MANIFEST, "clusters/dr/c.yaml": MANIFEST}
    return only(deliver(survey_of, {"flux.yaml": text, **folders}))


def test_the_patches_of_a_flux_instance_change_what_it_syncs(survey_of: SurveyOf) -> None:
    operation = '{"op": "add", "path": "/spec/postBuild", "value": {"substitute": {"region": "eu"}}}'
    delivery = patched_instance(survey_of, f"{{target: {{kind: Kustomization}}, patch: '[{operation}]'}}")
    flux = build_of(delivery)
    assert (flux.variables, flux.variable_spans) == ({"region": "eu"}, {})
    assert flux.spec["sourceRef"] == {"kind": "OCIRepository", "name": "flux-system"}


def test_a_patch_of_a_flux_instance_may_change_the_path(survey_of: SurveyOf) -> None:
    operation = '{"op": "replace", "path": "/spec/path", "value": "clusters/dr"}'
    delivery = patched_instance(survey_of, f"{{target: {{kind: Kustomization}}, patch: '[{operation}]'}}")
    assert unit_of(delivery).path == delivery.sources[0].path == "clusters/dr"


def test_patches_of_a_flux_instance_for_its_controllers_are_passed_over(survey_of: SurveyOf) -> None:
    merge = "{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: source-controller}}'}"
    assert unit_of(patched_instance(survey_of, merge)).path == "clusters/prod"


@pytest.mark.parametrize(
    ("patch", "cause"),
    [
        (
            '[{"op": "remove", "path": "/spec/suspend"}]',
            "error in remove for path: '/spec/suspend': Unable to remove nonexistent key: suspend: missing value",
        ),
        (
            "[{op: add, path: /spec/postBuild, value: {substitute: {token: s3cret}}}]",
            "unable to parse SM or JSON patch",
        ),
    ],
)
def test_a_failing_patch_of_a_flux_instance(survey_of: SurveyOf, patch: str, cause: str) -> None:
    delivery = patched_instance(survey_of, f"{{target: {{kind: Kustomization}}, patch: '{patch}'}}")
    assert delivery.units == ()
    (gap,) = delivery.unrendered
    assert (gap.error_kind, gap.reason) == ("invalid-object", f"its patches fail: {cause}")
    assert gap.span is not None
    assert gap.span.line == 8


def test_a_resource_set_is_named_as_not_rendered(survey_of: SurveyOf) -> None:
    text = """
        apiVersion: fluxcd.controlplane.io/v1
        kind: ResourceSet
        metadata: {name: tenants, namespace: flux-system}
        spec: {resources: []}
        """
    context = survey_of({"apps/set.yaml": text})
    found = deliveries_in(list(context.index.all("ResourceSet", "fluxcd.controlplane.io")), context)
    assert found.deliveries == ()
    assert [(gap.unit, gap.path, gap.reason) for gap in found.gaps] == [
        (
            "ResourceSet tenants",
            "apps/set.yaml",
            "its templates are filled in by flux-operator on the cluster, so the objects that it makes are not checked",
        )
    ]
