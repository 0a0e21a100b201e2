"""The loop from the outside: whole small repositories, rendered with the real engine."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config, EnvironmentSetting
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import loop, render_repository
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import open_tree

URL = "https://example.com/org/platform.git"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n  key: value\n"
KUSTOMIZATION = "resources:\n{}"

Render = Callable[[Mapping[str, str]], Rendering]


def application(name: str, path: str) -> str:
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: {URL}
    targetRevision: main
    path: {path}
  destination:
    server: https://kubernetes.default.svc
    namespace: {name}
"""


def flux(name: str, path: str, extra: str = "") -> str:
    return f"""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: flux-system
spec:
  interval: 10m
  path: ./{path}
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
{extra}"""


GIT_REPOSITORY = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  url: {URL}
"""


@pytest.fixture
def render(write: Callable[[Mapping[str, str]], Path]) -> Iterator[Render]:
    engines: list[EngineClient] = []

    def run(files: Mapping[str, str]) -> Rendering:
        root = write(files)
        config = Config(repository_urls=(URL,))
        engines.append(EngineClient(root))
        return render_repository(open_tree(root, engines[-1], config), engines[-1], config)

    yield run
    for engine in engines:
        engine.close()


def tree_of(rendering: Rendering) -> dict[str, str]:
    """Give each delivery's parent, by name."""
    names = {key: delivery.name for key, delivery in rendering.graph.deliveries.items()}
    return {d.name: names.get(d.parent, "") for d in rendering.graph.deliveries.values()}


def contents(rendering: Rendering) -> dict[str, list[str]]:
    """Give the labels of each delivery's objects, by the delivery's name."""
    return {
        rendering.graph.deliveries[key].name: [item.label for item in objects]
        for key, objects in rendering.objects.items()
    }


def reasons(rendering: Rendering) -> list[tuple[str, str, bool]]:
    return [(d.name if d else "", item.reason, item.failed) for d, item in rendering.unrendered]


APP_OF_APPS = {
    "bootstrap/root.yaml": application("root", "clusters/prod"),
    "clusters/prod/web.yaml": application("web", "apps/web/overlays/prod"),
    "apps/web/base/kustomization.yaml": KUSTOMIZATION.format("- cm.yaml"),
    "apps/web/base/cm.yaml": CONFIG_MAP.format("web"),
    "apps/web/overlays/prod/kustomization.yaml": KUSTOMIZATION.format("- ../../base"),
    "apps/web/overlays/dev/kustomization.yaml": KUSTOMIZATION.format("- ../../base"),
}


def test_an_application_in_a_roots_folder_is_delivered_by_the_root(render: Render) -> None:
    rendering = render(APP_OF_APPS)
    assert tree_of(rendering)["root"] == ""
    assert tree_of(rendering)["web"] == "root"
    assert contents(rendering)["root"] == ["Application web"]
    assert contents(rendering)["web"] == ["ConfigMap web"]
    (web,) = rendering.objects[next(d.id for d in rendering.graph.deliveries.values() if d.name == "web")]
    assert (web.namespace, web.source_path) == ("web", "apps/web/base/cm.yaml")
    assert rendering.unrendered == ()


def test_only_what_no_delivery_claims_is_rendered_loose(render: Render) -> None:
    loose = [d for d in render(APP_OF_APPS).graph.deliveries.values() if d.controller == "none"]
    assert [d.units[0].path for d in loose] == ["bootstrap", "apps/web/overlays/dev"]


def test_a_root_that_manages_itself_ends(render: Render) -> None:
    rendering = render(
        {
            "apps/root.yaml": application("root", "apps"),
            "apps/web.yaml": application("web", "manifests"),
            "manifests/cm.yaml": CONFIG_MAP.format("web"),
        }
    )
    assert tree_of(rendering) == {"root": "", "web": "root"}
    assert contents(rendering) == {"root": ["Application root", "Application web"], "web": ["ConfigMap web"]}


def test_a_chart_that_its_own_root_application_applies_is_applied_once(render: Render) -> None:
    rendering = render(
        {
            "root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 0.1.0\n",
            "root/templates/root.yaml": application("root", "root"),
            "root/templates/web.yaml": application("web", "manifests"),
            "manifests/cm.yaml": CONFIG_MAP.format("web"),
        }
    )
    assert tree_of(rendering) == {"root": "", "web": "root"}
    assert contents(rendering) == {"root": ["Application root", "Application web"], "web": ["ConfigMap web"]}


def test_a_patch_that_a_script_applies_declares_nothing(render: Render) -> None:
    patch = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {patches: []}\n"
    )
    rendering = render({**FLUX_CLUSTER, "local/patches/apps.yaml": patch})
    assert tree_of(rendering)["apps"] == "flux-system"
    reason = "it is a part of an object, as patches are, and no kustomization reads it as a patch: what it declares is"
    assert reasons(rendering) == [("", f"{reason} not followed", False)]


def test_an_application_in_a_list_is_delivered(render: Render) -> None:
    inner = textwrap.indent(application("web", "manifests"), "  ").replace("  apiVersion", "- apiVersion", 1)
    files = {"root.yaml": f"apiVersion: v1\nkind: List\nitems:\n{inner}", "manifests/cm.yaml": CONFIG_MAP.format("web")}
    assert contents(render(files))["web"] == ["ConfigMap web"]


def test_an_object_that_a_root_gives_keeps_the_place_of_its_file(render: Render) -> None:
    deliveries = render(APP_OF_APPS).graph.deliveries.values()
    (web,) = (d for d in deliveries if d.name == "web")
    assert web.document == ("clusters/prod/web.yaml", 0)
    assert web.span is not None
    assert (web.span.path, web.span.line) == ("clusters/prod/web.yaml", 1)


def test_objects_of_any_shape_are_no_crash(render: Render) -> None:
    odd = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: []\nspec: text\n"
    rendering = render({"odd.yaml": odd, "list.yaml": "apiVersion: v1\nkind: List\nitems: {}\n"})
    assert reasons(rendering) == [("", "spec is the string 'text', it must be a mapping", True)]


def test_a_name_prefix_on_a_root_that_manages_itself_ends(render: Render) -> None:
    rendering = render(
        {
            "root/app.yaml": application("root", "root"),
            "root/kustomization.yaml": "namePrefix: x-\n" + KUSTOMIZATION.format("- app.yaml"),
        }
    )
    assert tree_of(rendering) == {"x-root": ""}


def test_cyclic_bases_fail_and_end(render: Render) -> None:
    files = {
        "a/kustomization.yaml": KUSTOMIZATION.format("- ../b"),
        "b/kustomization.yaml": KUSTOMIZATION.format("- ../a"),
    }
    ((name, reason, failed),) = reasons(render(files))
    assert (name, reason, failed) == ("a", "cycle detected: candidate root 'a' contains visited root 'a'", True)


def test_two_roots_over_each_other_end(render: Render) -> None:
    rendering = render(
        {
            "a/one.yaml": application("one", "b"),
            "b/two.yaml": application("two", "a"),
        }
    )
    assert tree_of(rendering) == {"one": "", "two": "one"}


def test_an_overlay_that_patches_an_application_is_believed_and_not_the_file(render: Render) -> None:
    patch = "- op: replace\n  path: /spec/source/path\n  value: manifests\n"
    rendering = render(
        {
            "bootstrap/base/app.yaml": application("web", "to-be-patched"),
            "bootstrap/base/kustomization.yaml": KUSTOMIZATION.format("- app.yaml"),
            "bootstrap/overlays/prod/patch.yaml": patch,
            "bootstrap/overlays/prod/kustomization.yaml": KUSTOMIZATION.format(
                "- ../../base\npatches:\n- path: patch.yaml\n  target:\n    kind: Application"
            ),
            "manifests/cm.yaml": CONFIG_MAP.format("web"),
        }
    )
    (web,) = (d for d in rendering.graph.deliveries.values() if d.controller == "argocd")
    assert (web.name, web.parent, web.units[0].path, web.environment) == ("web", "", "manifests", "prod")
    assert rendering.unrendered == ()


def test_an_application_that_the_overlay_deletes_is_not_delivered(render: Render) -> None:
    rendering = render(
        {
            "base/app.yaml": application("web", "manifests"),
            "base/kustomization.yaml": KUSTOMIZATION.format("- app.yaml"),
            "overlays/prod/kustomization.yaml": KUSTOMIZATION.format(
                "- ../../base\npatches:\n- patch: |-\n    apiVersion: argoproj.io/v1alpha1\n    kind: Application\n"
                "    metadata: {name: web, namespace: argocd}\n    $patch: delete"
            ),
            "manifests/cm.yaml": CONFIG_MAP.format("web"),
        }
    )
    assert [d.controller for d in rendering.graph.deliveries.values()] == ["none", "none"]


def test_an_application_under_a_kustomization_that_fails_is_taken_as_written(render: Render) -> None:
    rendering = render(
        {
            "bootstrap/app.yaml": application("web", "manifests"),
            "bootstrap/kustomization.yaml": KUSTOMIZATION.format(
                "- app.yaml\n- https://example.com/other//base?ref=v1"
            ),
            "manifests/cm.yaml": CONFIG_MAP.format("web"),
        }
    )
    assert contents(rendering)["web"] == ["ConfigMap web"]
    ((name, reason, failed),) = reasons(rendering)
    assert (name, failed) == ("bootstrap", False)
    assert reason == (
        "needs https://example.com/other//base?ref=v1 from the network: run 'gitlint-ops vendor' to fetch it"
    )


FLUX_CLUSTER = {
    "clusters/prod/flux-system/gotk-sync.yaml": GIT_REPOSITORY + "---\n" + flux("flux-system", "clusters/prod"),
    "clusters/prod/flux-system/kustomization.yaml": KUSTOMIZATION.format("- gotk-sync.yaml"),
    "clusters/prod/apps.yaml": flux("apps", "apps", "  postBuild:\n    substitute:\n      domain: example.com\n"),
    "apps/cm.yaml": CONFIG_MAP.format("web").replace("value", "${domain}"),
}


def test_a_bootstrapped_flux_cluster_hangs_on_its_own_root(render: Render) -> None:
    rendering = render(FLUX_CLUSTER)
    assert tree_of(rendering) == {"flux-system": "", "apps": "flux-system"}
    (config_map,) = rendering.objects[next(d.id for d in rendering.graph.deliveries.values() if d.name == "apps")]
    assert config_map.data["data"] == {"key": "example.com"}
    assert rendering.unrendered == ()


def test_two_flux_clusters_with_equal_names_stay_apart(render: Render) -> None:
    staging = {path.replace("prod", "staging"): text.replace("prod", "staging") for path, text in FLUX_CLUSTER.items()}
    deliveries = render({**FLUX_CLUSTER, **staging}).graph.deliveries
    assert sorted((d.name, d.parent, d.environment) for d in deliveries.values()) == [
        ("apps", next(k for k, d in deliveries.items() if d.name == "flux-system" and d.environment == "prod"), "prod"),
        (
            "apps",
            next(k for k, d in deliveries.items() if d.name == "flux-system" and d.environment == "staging"),
            "staging",
        ),
        ("flux-system", "", "prod"),
        ("flux-system", "", "staging"),
    ]


CHART = "apiVersion: v2\nname: {}\nversion: 0.1.0\n"


def test_a_release_takes_values_from_a_config_map_that_is_rendered(render: Render) -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: web
spec:
  interval: 10m
  chart:
    spec:
      chart: ./charts/web
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
  valuesFrom:
  - kind: ConfigMap
    name: web-values
"""
    generator = "- release.yaml\nconfigMapGenerator:\n- name: web-values\n  namespace: web\n  files: [values.yaml]\n"
    rendering = render(
        {
            "clusters/prod/flux-system/gotk-sync.yaml": FLUX_CLUSTER["clusters/prod/flux-system/gotk-sync.yaml"],
            "clusters/prod/apps.yaml": flux("apps", "apps"),
            "apps/release.yaml": release,
            "apps/values.yaml": "color: blue\n",
            "apps/kustomization.yaml": KUSTOMIZATION.format(
                generator + "generatorOptions:\n  disableNameSuffixHash: true\n"
            ),
            "charts/web/Chart.yaml": CHART.format("web"),
            "charts/web/templates/cm.yaml": CONFIG_MAP.format("web").replace("value", "{{ .Values.color }}"),
        }
    )
    (web,) = (d for d in rendering.graph.deliveries.values() if d.kind == "HelmRelease")
    (config_map,) = rendering.objects[web.id]
    assert config_map.data["data"] == {"key": "blue"}
    assert (config_map.namespace, config_map.source_path) == ("web", "charts/web/templates/cm.yaml")


def test_applications_that_a_chart_gives_are_delivered(render: Render) -> None:
    rendering = render(
        {
            "root/Chart.yaml": CHART.format("root"),
            "root/templates/web.yaml": application("{{ .Release.Name }}-web", "apps"),
            "apps/more.yaml": application("more", "manifests"),
            "manifests/cm.yaml": CONFIG_MAP.format("more"),
        }
    )
    assert tree_of(rendering) == {"root": "", "root-web": "", "more": "root-web"}


def test_a_plugins_folder_is_delivered_though_it_is_not_rendered(render: Render) -> None:
    plugin = application("web", "plugin").replace(
        "    path: plugin\n", "    path: plugin\n    plugin: {name: kasane}\n"
    )
    rendering = render(
        {"app.yaml": plugin, "plugin/kustomization.yaml": KUSTOMIZATION.format("- made-by-the-plugin.yaml")}
    )
    assert reasons(rendering) == [
        ("web", "config management plugin 'kasane' runs inside Argo CD's repo server only", False)
    ]


def test_charts_are_rendered_for_the_environments_kubernetes_version(
    write: Callable[[Mapping[str, str]], Path],
) -> None:
    root = write(
        {
            "chart/Chart.yaml": CHART.format("web"),
            "chart/values-prod.yaml": "{}",
            "chart/templates/cm.yaml": CONFIG_MAP.format("web").replace(
                "value", "{{ .Capabilities.KubeVersion.Minor }}"
            ),
        }
    )
    production = EnvironmentSetting("prod", production=True, kubernetes_version="1.29")
    config = Config(kubernetes_version="1.31", environments=(production,))
    with EngineClient(root) as engine:
        (item,) = render_repository(open_tree(root, engine, config), engine, config).all_objects()
    assert item.data["data"] == {"key": 29}


def test_one_failure_stops_no_other_unit(render: Render) -> None:
    rendering = render(
        {
            "good/kustomization.yaml": KUSTOMIZATION.format("- cm.yaml"),
            "good/cm.yaml": CONFIG_MAP.format("good"),
            "bad/kustomization.yaml": KUSTOMIZATION.format("- missing.yaml"),
        }
    )
    assert contents(rendering) == {"bad": [], "good": ["ConfigMap good"]}
    assert reasons(rendering) == [("bad", "'bad/missing.yaml' does not exist", True)]
    assert rendering.rendered_units == 1


def test_the_bound_on_deliveries_is_visible(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MAX_DELIVERIES", 1)
    rendering = render(APP_OF_APPS)
    assert reasons(rendering) == [
        ("", "Application web and what follows: no more than 1 deliveries are followed", True)
    ]


def test_the_bound_on_depth_is_visible(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MAX_DEPTH", 1)
    rendering = render(APP_OF_APPS)
    assert reasons(rendering) == [
        ("", "Application web and what follows: no more than 1 levels of deliveries are followed", True)
    ]


def test_an_empty_repository_renders_nothing(render: Render) -> None:
    rendering = render({"README.md": "nothing\n"})
    assert (rendering.objects, rendering.rendered_units, rendering.unrendered) == ({}, 0, ())
