from __future__ import annotations

import json
from typing import Any

from gitlint_ops.report.inspect import render_inspect_json, render_inspect_tree


def delivery(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"argocd/{name}",
        "controller": "argocd",
        "kind": "Application",
        "namespace": "argocd",
        "name": name,
        "environment": "",
        "cluster": "",
        "parent": "",
        "units": [],
        "path": f"clusters/{name}.yaml",
        "line": 1,
        "unrendered": [],
        **fields,
    }


SUMMARY = {
    "environments": [
        {"name": "dev", "production": False, "rank": 0},
        {"name": "prod", "production": True, "rank": 1},
    ],
    "units": [{"id": "kustomize:apps/web/overlays/dev", "kind": "kustomize", "path": "apps/web/overlays/dev"}],
    "deliveries": [
        delivery("root", units=["directory:clusters"]),
        delivery("web", parent="argocd/root", environment="dev", units=["kustomize:apps/web/overlays/dev"]),
        delivery("web-cache", parent="argocd/web", environment="prod"),
        delivery("chart", parent="argocd/root", unrendered=[{"unit": "c", "path": "", "reason": "needs the network"}]),
        delivery(
            "loose",
            controller="none",
            kind="kustomize",
            namespace="",
            units=["kustomize:apps/loose"],
            path="apps/loose/kustomization.yaml",
        ),
    ],
    "roots": [
        {
            "delivery": "argocd/root",
            "children": 3,
            "workloads": 1,
            "namespaces": 2,
            "unrendered": 1,
            "clusters": 1,
            "environments": ["dev", "prod"],
        }
    ],
}


def test_the_tree() -> None:
    assert (
        render_inspect_tree(SUMMARY, color=False, width=120)
        == """\
Environments, in promotion order
  dev   1 delivery
  prod  1 delivery  (production)

Applied by Argo CD
  Application argocd/root  directory clusters  clusters/root.yaml:1
    reaches 3 deliveries (1 of them not rendered), 1 workload, 2 namespaces, 1 cluster; dev, prod
  ├─ Application argocd/web  [dev]  kustomize apps/web/overlays/dev  clusters/web.yaml:1
  │  └─ Application argocd/web-cache  [prod]  clusters/web-cache.yaml:1
  └─ Application argocd/chart  not rendered  clusters/chart.yaml:1

Kustomizations, charts and folders that nothing in this repository applies
  loose  kustomize apps/loose

Not rendered: 1
  needs the network
      c
"""
    )


def test_what_does_not_fit_a_line_goes_on_below_its_branch() -> None:
    assert """\
  Application argocd/root  directory clusters
    clusters/root.yaml:1
    reaches 3 deliveries (1 of them not rendered), 1 workload, 2 namespaces, 1 cluster; dev, prod
  ├─ Application argocd/web  [dev]
  │    kustomize apps/web/overlays/dev
  │    clusters/web.yaml:1
  │  └─ Application argocd/web-cache  [prod]
  │       clusters/web-cache.yaml:1
""" in render_inspect_tree(SUMMARY, color=False, width=50)


def test_ascii_has_no_box_drawing() -> None:
    text = render_inspect_tree(SUMMARY, color=False, width=120, unicode=False)
    assert "  |- Application argocd/web " in text
    assert "  |  `- Application argocd/web-cache " in text
    assert text.isascii()


def test_a_circle_of_parents_is_listed() -> None:
    deliveries = [delivery("a", parent="argocd/b"), delivery("b", parent="argocd/a")]
    text = render_inspect_tree({**SUMMARY, "deliveries": deliveries}, color=False, width=120)
    assert "  Application argocd/a  clusters/a.yaml:1\n  └─ Application argocd/b  clusters/b.yaml:1\n" in text


def test_nothing_found_is_said() -> None:
    empty: dict[str, Any] = {"environments": [], "units": [], "deliveries": [], "roots": []}
    assert render_inspect_tree(empty, color=False, width=120) == (
        "Nothing was found: no Application, ApplicationSet, Flux object, kustomization or chart.\n"
    )


def test_hostile_names_are_shown() -> None:
    hostile = [delivery("x\x1b[2J\n::error::y")]
    text = render_inspect_tree({**SUMMARY, "deliveries": hostile}, color=False, width=120)
    assert "argocd/x\\e[2J\\n::error::y" in text


def test_the_json_is_the_summary_with_its_version() -> None:
    data = json.loads(render_inspect_json(SUMMARY))
    assert data == {"schema_version": 1, **SUMMARY}
    assert list(data) == ["schema_version", "environments", "units", "deliveries", "roots"]


def test_the_shape_comes_first_with_what_to_watch_out_for() -> None:
    shape = {
        "name": "monorepo",
        "patterns": ["base-and-overlays"],
        "reasons": ["applications and infrastructure lie in one repository"],
        "watch": [{"topic": "overlay-size", "message": "2 overlays patch their base", "figures": {}, "path": ""}],
    }
    text = render_inspect_tree({**SUMMARY, "shape": shape}, color=False, width=100)
    assert text.split("\n")[:5] == [
        "Shape: Monorepo, base and overlays",
        "  applications and infrastructure lie in one repository",
        "Watch out",
        "  2 overlays patch their base",
        "",
    ]
