"""Charts and kustomizations that hold deliveries and that nothing in Git applies; objects that several deliver."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.reach import Reaches
from gitlint_ops.render.summary import summarise
from gitlint_ops.source import SourceTree
from tests.render.test_loop import CONFIG_MAP, GIT_REPOSITORY, KUSTOMIZATION, URL, application, flux

OpenFiles = Callable[[Mapping[str, str]], SourceTree]
WEB = {"web/kustomization.yaml": KUSTOMIZATION.format("- cm.yaml"), "web/cm.yaml": CONFIG_MAP.format("web")}
APPLICATION_SET = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: all
  namespace: argocd
spec:
  generators:
  - list:
      elements:
      - name: generated
  template:
    metadata:
      name: '{{{{name}}}}'
    spec:
      project: default
      source:
        repoURL: {URL}
        path: web
      destination:
        name: prod
        namespace: web
"""


def rendered(tree: SourceTree) -> Rendering:
    config = Config(repository_urls=(URL,))
    with EngineClient(tree.root) as engine:
        return render_repository(tree, engine, config)


def test_a_kustomization_of_applications_is_shown_as_a_root_that_nobody_syncs(open_files: OpenFiles) -> None:
    files = {
        **WEB,
        "apps/kustomization.yaml": KUSTOMIZATION.format("- web.yaml\n- set.yaml"),
        "apps/web.yaml": application("web", "web"),
        "apps/set.yaml": APPLICATION_SET,
    }
    rendering = rendered(open_files(files))
    summary = summarise(rendering)
    assert [(d["id"], d["parent"]) for d in summary["deliveries"]] == [
        ("argocd:Application/argocd/generated", "kustomize:apps"),
        ("argocd:Application/argocd/web", "kustomize:apps"),
        ("kustomize:apps", ""),
    ]
    figures = {(root["delivery"], root["children"], root["namespaces"]) for root in summary["roots"]}
    assert ("kustomize:apps", 2, 2) in figures
    # The rules on roots speak of what syncs by itself: that is the Applications and the set, not the folder.
    assert {d.parent for d in rendering.graph.deliveries.values()} == {""}
    assert "kustomize:apps" not in {root.id for root in Reaches(rendering).roots}


def test_what_an_application_delivers_is_no_loose_root(open_files: OpenFiles) -> None:
    files = {
        **WEB,
        "apps/kustomization.yaml": KUSTOMIZATION.format("- web.yaml"),
        "apps/web.yaml": application("web", "web"),
        "root.yaml": application("root", "apps"),
    }
    summary = summarise(rendered(open_files(files)))
    assert [(root["delivery"], root["children"]) for root in summary["roots"]] == [
        ("argocd:Application/argocd/root", 1)
    ]


def test_an_object_that_several_deliver_to_one_place_is_delivered_once(open_files: OpenFiles) -> None:
    names = [f"all-{n}" for n in range(7)]
    files = {f"{name}.yaml": flux(name, ".") for name in names} | {"source.yaml": GIT_REPOSITORY}
    rendering = rendered(open_files(files))
    assert sorted(d.name for d in rendering.graph.deliveries.values()) == names
