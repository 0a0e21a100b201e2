from __future__ import annotations

from dataclasses import replace

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.reach import Reaches
from gitlint_ops.repo.model import Delivery, Unrendered
from tests.render.test_summary import LEAF, MIDDLE, ROOT, delivery, rendering, workload


def thing(owner: Delivery, api_version: str, kind: str, namespace: str) -> RenderedObject:
    base = workload(MIDDLE, kind, "x", api_version)
    return replace(base, namespace=namespace, delivery=owner)


def test_namespaces_are_counted_where_objects_land_and_once_a_cluster() -> None:
    objects = [
        thing(ROOT, "argoproj.io/v1alpha1", "Application", "argocd"),
        thing(MIDDLE, "argoproj.io/v1alpha1", "AppProject", "argocd"),
        thing(MIDDLE, "source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system"),
        thing(MIDDLE, "argoproj.io/v1alpha1", "Rollout", "web"),
        thing(MIDDLE, "v1", "ConfigMap", "web"),
        thing(MIDDLE, "v1", "Namespace", ""),
        thing(LEAF, "v1", "ConfigMap", "web"),
    ]
    reach = Reaches(rendering([ROOT, MIDDLE, LEAF], objects)).of(ROOT)
    assert reach.namespaces == {("one", "web"), ("two", "web")}
    assert (reach.workloads, reach.clusters, reach.environments) == (1, {"one", "two"}, ("dev", "prod"))


def test_what_is_not_rendered_reaches_where_it_is_sent() -> None:
    child = delivery("child", parent=ROOT.id, target_namespace="web")
    gap = Unrendered("child", "", "needs the network")
    reach = Reaches(rendering([ROOT, child], [], unrendered=((child, gap),))).of(ROOT)
    assert (reach.namespaces, reach.clusters, reach.unrendered) == ({("", "web")}, {""}, 1)


def test_an_unknown_value_hides_no_workload() -> None:
    gap = Unrendered("leaf", "", "a variable is encrypted", error_kind="needs-cluster")
    known = rendering([ROOT, MIDDLE, LEAF], [workload(LEAF, "Deployment", "web")], unrendered=((LEAF, gap),))
    assert Reaches(known).of(ROOT).unrendered == 0
    assert Reaches(replace(known, objects={})).of(ROOT).unrendered == 1


def test_a_root_that_applies_workloads_itself_touches_its_own_place() -> None:
    root = replace(ROOT, cluster="hub", environment="prod")
    child = delivery("child", parent=root.id, cluster="spoke", environment="dev")
    assert Reaches(rendering([root, child], [])).of(root).clusters == {"spoke"}
    reach = Reaches(rendering([root, child], [workload(root, "Deployment", "argocd-server")])).of(root)
    assert (reach.workloads, reach.clusters, reach.environments) == (1, {"hub", "spoke"}, ("dev", "prod"))
