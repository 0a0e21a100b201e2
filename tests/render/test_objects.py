from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.render.objects import rendered_objects
from gitlint_ops.render.scope import Scopes
from gitlint_ops.repo.model import Delivery, DirectoryUnit, FluxBuild, HelmUnit, KustomizeUnit, Unit

DIRECTORY = DirectoryUnit("manifests")
ARGO = Delivery("a", "argocd", "Application", "argocd", "web", target_namespace="web")
FLUX = Delivery("f", "flux", "Kustomization", "flux-system", "web", target_namespace="web")
NONE = Delivery("n", "none", "kustomize", "", "web")


def thing(kind: str, name: str, *, api_version: str = "v1", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **metadata}}


def labels(delivery: Delivery, unit: Unit, *objects: Any) -> list[str]:
    made, _ = rendered_objects(delivery, [(unit, {"objects": list(objects)})], Scopes())
    return [f"{o.namespace}/{o.label}" for o in made]


def test_an_object_carries_its_place_and_its_value_uncopied() -> None:
    data = thing("ConfigMap", "web")
    answer = {"objects": [data], "origins": [{"path": "manifests/a.yaml", "line": 7}]}
    (item,), errors = rendered_objects(NONE, [(DIRECTORY, answer)], Scopes())
    assert (item.api_version, item.kind, item.name, item.index) == ("v1", "ConfigMap", "web", 0)
    assert (item.source_path, item.source_line, item.delivery, item.unit) == ("manifests/a.yaml", 7, NONE, DIRECTORY)
    assert item.data is data
    assert errors == ()


@pytest.mark.parametrize(
    ("delivery", "unit", "expected"),
    [
        (ARGO, DIRECTORY, ["web/ConfigMap a", "own/ConfigMap b", "/Namespace c"]),
        (FLUX, HelmUnit("c", "r", "release-ns"), ["release-ns/ConfigMap a", "own/ConfigMap b", "/Namespace c"]),
        (FLUX, KustomizeUnit("k"), ["/ConfigMap a", "own/ConfigMap b", "/Namespace c"]),
        (NONE, HelmUnit("c", "r", "default"), ["/ConfigMap a", "own/ConfigMap b", "/Namespace c"]),
    ],
)
def test_the_namespace_is_what_the_controller_makes_of_it(delivery: Delivery, unit: Unit, expected: list[str]) -> None:
    objects = thing("ConfigMap", "a"), thing("ConfigMap", "b", namespace="own"), thing("Namespace", "c", namespace="x")
    assert labels(delivery, unit, *objects) == expected


def test_a_definition_tells_the_scope_of_its_kind() -> None:
    spec = {"group": "example.com", "names": {"kind": "Galaxy"}, "scope": "Cluster"}
    scopes = Scopes([{"kind": "CustomResourceDefinition", "spec": spec}, {"spec": None}, {}])
    assert scopes.is_cluster_scoped("example.com", "Galaxy")
    assert not scopes.is_cluster_scoped("example.com", "Star")


def test_lists_are_expanded() -> None:
    inner = [thing("ConfigMap", "a"), thing("Secret", "b"), "not an object"]
    pods = {"apiVersion": "v1", "kind": "PodList", "items": None}
    assert labels(NONE, DIRECTORY, {"apiVersion": "v1", "kind": "List", "items": inner}, pods) == [
        "/ConfigMap a",
        "/Secret b",
    ]


def test_of_several_sources_with_one_object_the_last_wins_for_argo_cd_only() -> None:
    old, new = thing("ConfigMap", "a"), thing("ConfigMap", "a", namespace="web")
    answers = [(KustomizeUnit("one"), {"objects": [old]}), (DIRECTORY, {"objects": [new]})]
    assert [o.data for o in rendered_objects(ARGO, answers, Scopes())[0]] == [new]
    assert [o.data for o in rendered_objects(NONE, answers, Scopes())[0]] == [old, new]


def test_objects_with_generated_names_never_replace_each_other() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "migrate-"}}
    assert labels(ARGO, DIRECTORY, job, dict(job)) == ["web/Job migrate-", "web/Job migrate-"]


@pytest.mark.parametrize(
    ("annotations", "applied"),
    [
        ({"helm.sh/hook": "test"}, False),
        ({"helm.sh/hook": "pre-rollback, test"}, False),
        ({"helm.sh/hook": "test,post-install"}, True),
        ({"helm.sh/hook": "test", "argocd.argoproj.io/hook": "PostSync"}, True),
        ({"argocd.argoproj.io/hook": "Skip"}, False),
        ({"argocd.argoproj.io/hook": "PreSync"}, True),
        ({}, True),
    ],
)
def test_argo_cd_leaves_out_hooks_that_it_never_applies(annotations: dict[str, str], applied: bool) -> None:
    pod = thing("Pod", "p", annotations=annotations)
    assert bool(labels(ARGO, HelmUnit("c", "r", "n"), pod)) is applied
    assert labels(NONE, HelmUnit("c", "r", "n"), pod) == ["/Pod p"]


def test_flux_drops_kustomization_files_among_the_objects() -> None:
    unit = KustomizeUnit("k", flux=FluxBuild("apps", "flux-system", {}))
    nested = thing("Kustomization", "x", api_version="kustomize.config.k8s.io/v1beta1")
    child = thing("Kustomization", "y", api_version="kustomize.toolkit.fluxcd.io/v1")
    assert labels(FLUX, unit, nested, child) == ["/Kustomization y"]


def test_a_variable_that_nothing_defines_is_tied_to_its_object() -> None:
    error = {"object": 1, "variable": "DOMAIN", "message": 'variable not set (strict mode): "DOMAIN"'}
    answer = {"objects": [thing("ConfigMap", "a"), thing("ConfigMap", "b")], "substitution_errors": [error]}
    objects, (found,) = rendered_objects(FLUX, [(KustomizeUnit("k"), answer)], Scopes())
    assert (found.object, found.variable, found.message) == (objects[1], "DOMAIN", error["message"])


def test_what_is_hardly_an_object_is_kept_for_the_rules() -> None:
    made, _ = rendered_objects(NONE, [(DIRECTORY, {"objects": [{"kind": "X", "metadata": "text"}, 3]})], Scopes())
    assert [(o.api_version, o.kind, o.name) for o in made] == [("", "X", "")]
