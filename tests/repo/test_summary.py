from __future__ import annotations

from gitlint_ops.repo.model import Delivery, DirectoryUnit, Environment, KustomizeUnit, RepoGraph
from gitlint_ops.repo.summary import delivery_paths, summarise_graph
from gitlint_ops.source.model import Span

ROOT = Delivery(
    "argocd/root", "argocd", "Application", "argocd", "root", (DirectoryUnit("clusters"),), span=Span("root.yaml", 3)
)
WEB = Delivery(
    "argocd/web",
    "argocd",
    "Application",
    "argocd",
    "web",
    (KustomizeUnit("apps/web"), KustomizeUnit("apps/web", edits=(("set", "namespace", "x"),))),
    environment="prod",
    cluster="in-cluster",
    parent="argocd/root",
    generator="argocd/all",
)
GRAPH = RepoGraph(
    kustomizations={},
    charts={},
    deliveries={"argocd/web": WEB, "argocd/root": ROOT},
    environments={"prod": Environment("prod", 3, True), "dev": Environment("dev", 0, False)},
)


def test_the_graph_follows_the_contract_in_a_stable_order() -> None:
    assert summarise_graph(GRAPH) == {
        "environments": [
            {"name": "dev", "production": False, "rank": 0},
            {"name": "prod", "production": True, "rank": 3},
        ],
        "units": [
            {"id": "directory:clusters", "kind": "directory", "path": "clusters"},
            {"id": "kustomize:apps/web", "kind": "kustomize", "path": "apps/web"},
        ],
        "deliveries": [
            {
                "id": "argocd/root",
                "controller": "argocd",
                "kind": "Application",
                "namespace": "argocd",
                "name": "root",
                "environment": "",
                "cluster": "",
                "parent": "",
                "units": ["directory:clusters"],
                "path": "root.yaml",
                "line": 3,
                "generator": "",
            },
            {
                "id": "argocd/web",
                "controller": "argocd",
                "kind": "Application",
                "namespace": "argocd",
                "name": "web",
                "environment": "prod",
                "cluster": "in-cluster",
                "parent": "argocd/root",
                "units": ["kustomize:apps/web"],
                "path": "",
                "line": 0,
                "generator": "argocd/all",
            },
        ],
    }


def test_the_paths_of_a_delivery_are_its_folders_and_its_declaration() -> None:
    assert delivery_paths(GRAPH) == {"argocd/root": {"clusters", "root.yaml"}, "argocd/web": {"apps/web"}}
