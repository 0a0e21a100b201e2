from __future__ import annotations

from dataclasses import replace
from typing import Any

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.summary import summarise
from gitlint_ops.repo.model import Delivery, DirectoryUnit, Environment, Generator, RepoGraph, Unrendered
from gitlint_ops.source.model import Span

UNIT = DirectoryUnit("x")


def delivery(name: str, **fields: Any) -> Delivery:
    return Delivery(f"argocd/{name}", "argocd", "Application", "argocd", name, (UNIT,), **fields)


def workload(owner: Delivery, kind: str, name: str, api_version: str = "apps/v1") -> RenderedObject:
    return RenderedObject(api_version, kind, "web", name, {}, owner, UNIT)


def rendering(deliveries: list[Delivery], objects: list[RenderedObject], **fields: Any) -> Rendering:
    graph = RepoGraph(
        {},
        {},
        {d.id: d for d in deliveries},
        fields.pop("generators", {}),
        {"prod": Environment("prod", 1, True), "dev": Environment("dev", 0, False)},
    )
    by_delivery: dict[str, tuple[RenderedObject, ...]] = {}
    for item in objects:
        by_delivery[item.delivery.id] = (*by_delivery.get(item.delivery.id, ()), item)
    return Rendering(graph, by_delivery, 1, fields.pop("unrendered", ()))


ROOT = delivery("root")
MIDDLE = delivery("middle", parent="argocd/root", environment="prod", cluster="one")
LEAF = delivery("leaf", parent="argocd/middle", environment="dev", cluster="two")


def test_a_root_reaches_all_below_it_once() -> None:
    objects = [
        workload(MIDDLE, "Deployment", "web"),
        workload(MIDDLE, "Deployment", "web"),
        workload(LEAF, "Deployment", "web"),
        workload(LEAF, "Job", "clean", "batch/v1"),
        workload(LEAF, "Deployment", "not-ours", "example.com/v1"),
        workload(LEAF, "ConfigMap", "web", "v1"),
    ]
    gap = Unrendered("helm:c", "", "needs the network", Span("leaf.yaml", 2))
    summary = summarise(rendering([ROOT, MIDDLE, LEAF], objects, unrendered=((LEAF, gap), (None, gap))))
    assert summary["roots"] == [
        {
            "delivery": "argocd/root",
            "children": 2,
            "workloads": 3,
            "namespaces": 2,
            "unrendered": 1,
            "clusters": 2,
            "environments": ["dev", "prod"],
        }
    ]
    assert [d["unrendered"] for d in summary["deliveries"]] == [
        [{"unit": "helm:c", "path": "leaf.yaml", "reason": "needs the network"}],
        [],
        [],
    ]


def test_a_root_that_manages_itself_is_a_root_and_not_its_own_child() -> None:
    self_managed = replace(ROOT, parent="argocd/root")
    (root,) = summarise(rendering([self_managed, MIDDLE], []))["roots"]
    assert (root["delivery"], root["children"]) == ("argocd/root", 1)


def test_an_application_set_is_a_root_unless_a_delivery_makes_it() -> None:
    made = delivery("made", generator="argocd/all")
    lone = Generator("argocd/all", "all", "argocd", None, None, {})
    (root,) = summarise(rendering([made], [], generators={"argocd/all": lone}))["roots"]
    assert (root["delivery"], root["children"]) == ("argocd/all", 1)
    below = replace(made, parent="argocd/root")
    nested = replace(lone, parent="argocd/root")
    (root,) = summarise(rendering([ROOT, below], [], generators={"argocd/all": nested}))["roots"]
    assert root["delivery"] == "argocd/root"


def test_a_circle_of_parents_ends() -> None:
    a, b = delivery("a", parent="argocd/b"), delivery("b", parent="argocd/a")
    assert summarise(rendering([a, b], []))["roots"] == []
