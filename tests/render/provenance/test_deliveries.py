"""Fields that Argo CD and Flux set themselves, and those of objects that other deliveries render."""

from __future__ import annotations

from gitlint_ops.repo.model import Delivery, DirectoryUnit, FluxBuild, HelmUnit, KustomizeUnit, ValueLayer
from gitlint_ops.source import Span
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import Lab, loose

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: ${REPLICAS}
      template:
        spec:
          containers:
            - name: web
              image: web:${TAG:=1.0}
              env:
                - name: HOST
                  value: ${APP}.${DOMAIN}
    """
FLUX = """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      name: apps
      namespace: flux-system
    spec:
      path: ./apps
      targetNamespace: shop
      commonMetadata:
        labels:
          team: blue
      patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: all
            spec:
              paused: true
          target:
            kind: Deployment
      images:
        - name: sidecar
          newTag: "9"
      postBuild:
        substitute:
          REPLICAS: "3"
          APP: web
    """
CONTAINER = ("spec", "template", "spec", "containers", 0)


def flux(make_lab: MakeLab) -> Lab:
    """Render ``apps``, which has no kustomization, as the Flux Kustomization of ``flux.yaml`` does."""
    spec = {
        "path": "./apps",
        "targetNamespace": "shop",
        "commonMetadata": {"labels": {"team": "blue"}},
        "patches": [
            {
                "patch": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: all\nspec:\n  paused: true\n",
                "target": {"kind": "Deployment"},
            }
        ],
        "postBuild": {"substitute": {"REPLICAS": "3", "APP": "web"}},
    }
    build = FluxBuild(
        "apps",
        "flux-system",
        spec,
        {"REPLICAS": "3", "APP": "web", "DOMAIN": "example.com"},
        {"REPLICAS": Span("flux.yaml", 27, 17, 27, 20), "DOMAIN": Span("cluster.yaml", 6, 11, 6, 22)},
    )
    unit = KustomizeUnit("apps", flux=build, load_restrictor="none")
    delivery = Delivery("apps", "flux", "Kustomization", "flux-system", "apps", (unit,), document=("flux.yaml", 0))
    return make_lab({"apps/web.yaml": DEPLOYMENT, "flux.yaml": FLUX}, delivery)


def test_a_substituted_field_is_at_its_variable_then_at_the_use(make_lab: MakeLab) -> None:
    assert flux(make_lab).origins("Deployment", "spec", "replicas") == [
        ("flux.yaml:27:17", '"3"', True),
        ("apps/web.yaml:6:13", "${REPLICAS}", False),
    ]


def test_a_default_is_at_its_use(make_lab: MakeLab) -> None:
    found = flux(make_lab).origins("Deployment", *CONTAINER, "image")
    assert found == [("apps/web.yaml:11:18", "web:${TAG:=1.0}", True)]


def test_a_variable_without_a_place_leaves_the_others(make_lab: MakeLab) -> None:
    found = flux(make_lab).provenance.origins(flux(make_lab).object("Deployment"), (*CONTAINER, "env", 0, "value"))
    assert [(origin.span.path, origin.span.line, origin.exact, origin.why) for origin in found] == [
        ("cluster.yaml", 6, True, "the variable DOMAIN"),
        ("apps/web.yaml", 14, False, "the object's own file"),
    ]


def test_what_a_flux_kustomization_sets(make_lab: MakeLab) -> None:
    lab = flux(make_lab)
    assert lab.origins("Deployment", "metadata", "namespace")[0] == ("flux.yaml:8:20", "shop", True)
    assert lab.origins("Deployment", "metadata", "labels", "team")[0] == ("flux.yaml:11:13", "blue", True)
    assert lab.origins("Deployment", "spec", "paused")[0] == ("flux.yaml:19:19", "true", True)


APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
    spec:
      source:
        path: apps
        kustomize:
          images:
            - web=registry.example.com/web:2.0
          replicas:
            - name: web
              count: 4
          commonLabels:
            team: blue
          patches:
            - target: {kind: Deployment}
              patch: |-
                - op: add
                  path: /spec/paused
                  value: true
    """
PLAIN = DEPLOYMENT.replace("${REPLICAS}", "1").replace("${TAG:=1.0}", "1.0").replace("${APP}.${DOMAIN}", "here")
BLOCK = ("spec", "source", "kustomize")


def application() -> KustomizeUnit:
    """Give the unit of the Application above."""
    patch = "- op: add\n  path: /spec/paused\n  value: true"
    edits = {
        ("set", "image", "web=registry.example.com/web:2.0"): (*BLOCK, "images", 0),
        ("set", "replicas", "web=4"): (*BLOCK, "replicas", 0),
        ("add", "label", "team:blue"): (*BLOCK, "commonLabels", "team"),
        ("add", "patch", "--patch", patch, "--kind", "Deployment"): (*BLOCK, "patches", 0),
    }
    return KustomizeUnit("apps", tuple(edits), tuple(edits.values()))


def check_application(lab: Lab, path: str, shift: int = 0) -> None:
    """Check the places of what the Application sets, with its column shifted."""
    image = lab.origins("Deployment", *CONTAINER, "image")[0]
    assert image == (f"{path}:10:{11 + shift}", "web=registry.example.com/web:2.0", True)
    assert lab.origins("Deployment", "spec", "replicas")[0] == (f"{path}:13:{18 + shift}", "4", True)
    assert lab.origins("Deployment", "metadata", "labels", "team")[0] == (f"{path}:15:{15 + shift}", "blue", True)
    assert lab.origins("Deployment", "spec", "paused")[0] == (f"{path}:21:{22 + shift}", "true", True)


def test_what_an_application_sets(make_lab: MakeLab) -> None:
    delivery = Delivery("web", "argocd", "Application", "", "web", (application(),), document=("app.yaml", 0))
    files = {"apps/web.yaml": PLAIN, "apps/kustomization.yaml": "resources: [web.yaml]\n", "app.yaml": APPLICATION}
    check_application(make_lab(files, delivery), "app.yaml")


def test_what_an_application_sets_that_another_delivery_renders(make_lab: MakeLab) -> None:
    root = loose(DirectoryUnit("root"))
    web = Delivery("web", "argocd", "Application", "", "web", (application(),), parent="root")
    files = {"apps/web.yaml": PLAIN, "apps/kustomization.yaml": "resources: [web.yaml]\n", "root/app.yaml": APPLICATION}
    check_application(make_lab(files, root, web), "root/app.yaml")


def test_an_override_file_beside_the_manifests(make_lab: MakeLab) -> None:
    unit = KustomizeUnit("apps", (("set", "replicas", "web=4"),), (("kustomize", "replicas", 0),))
    files = {
        "apps/web.yaml": PLAIN,
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/.argocd-source.yaml": "kustomize:\n  replicas:\n    - {name: web, count: 4}\n",
    }
    lab = make_lab(files, Delivery("web", "argocd", "Application", "", "web", (unit,)))
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("apps/.argocd-source.yaml:3:26", "4", True)


def test_a_parameter_that_a_parent_chart_writes(make_lab: MakeLab) -> None:
    """The Application is rendered by a chart: its inline values come from that chart's values."""
    files = {
        "root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 0.1.0\n",
        "root/values.yaml": "webReplicas: 6\n",
        "root/templates/web.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: web}
            spec:
              source:
                path: web
                helm:
                  valuesObject:
                    replicas: {{ .Values.webReplicas }}
            """,
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "web/values.yaml": "replicas: 1\n",
        "web/templates/web.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: {{ .Values.replicas }}
            """,
    }
    layer = ValueLayer("inline", {"replicas": 6}, field_path=("spec", "source", "helm", "valuesObject"))
    root = Delivery("root", "none", "Chart", "", "root", (HelmUnit("root", "root", "argocd"),))
    web = Delivery(
        "web", "argocd", "Application", "", "web", (HelmUnit("web", "web", "shop", (layer,)),), parent="root"
    )
    lab = make_lab(files, root, web)
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("root/values.yaml:1:14", "6", True)


def test_a_post_renderer_of_a_helm_release(make_lab: MakeLab) -> None:
    release = """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web}
        spec:
          commonMetadata:
            labels: {team: blue}
          postRenderers:
            - kustomize:
                images:
                  - name: web
                    newTag: "7"
        """
    files = {
        "release.yaml": release,
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "web/templates/web.yaml": PLAIN,
    }
    unit = HelmUnit(
        "web",
        "web",
        "shop",
        post_renderers=({"images": [{"name": "web", "newTag": "7"}]},),
        common_metadata={"labels": {"team": "blue"}},
    )
    lab = make_lab(files, Delivery("web", "flux", "HelmRelease", "", "web", (unit,), document=("release.yaml", 0)))
    assert lab.origins("Deployment", *CONTAINER, "image")[0] == ("release.yaml:11:21", '"7"', True)
    assert lab.origins("Deployment", "metadata", "labels", "team")[0] == ("release.yaml:6:20", "blue", True)
