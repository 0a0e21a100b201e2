"""What a change touches beside the files that are edited: what controllers look for, and what others look up."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.render.compare.conftest import Compare
from tests.render.compare.edits import files_of

ESTATE = files_of("estate")
PROD, PLAIN = "argocd:Application/argocd/web-prod", "argocd:Application/argocd/plain"
SITES, SETTINGS = "flux:Kustomization/flux-system/sites", "flux:Kustomization/flux-system/settings"
KUSTOMIZATION = "apps/web/overlays/prod/kustomization.yaml"
PLUGIN = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\nprefix: x-\n"
KIND = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""
THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n"
ARGOCD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: {containers: [{name: x, image: 'quay.io/argoproj/argocd:v3.1.0'}]}
"""


def looked_at(compared: Compare, after: Mapping[str, str], before: Mapping[str, str] = ESTATE) -> set[str]:
    """Give the deliveries that are compared in full."""
    head = compared(before, after).head
    return set(head.graph.deliveries) - head.unchanged


COME = {
    "apps/web/overlays/prod/kustomization.yml": {PROD},
    "flux/sites/.sourceignore": {SITES, SETTINGS},
    "flux/sites/new/kustomization.yaml": {SITES},
    "plain/below/new.jsonnet": {PLAIN},
    "apps/web/overlays/prod/notes.yaml": set(),
}


@pytest.mark.parametrize("path", COME)
def test_a_file_that_comes_where_it_is_looked_for(path: str, compared: Compare) -> None:
    found = looked_at(compared, {**ESTATE, path: "# x\n"})
    assert found & {PROD, PLAIN, SITES, SETTINGS} == COME[path]


def test_a_kustomization_with_a_plugin_is_rendered_to_find_out(compared: Compare) -> None:
    before = {
        **ESTATE,
        KUSTOMIZATION: ESTATE[KUSTOMIZATION] + "transformers: [plugin.yaml]\n",
        "apps/web/overlays/prod/plugin.yaml": PLUGIN,
    }
    assert PROD in looked_at(compared, {**before, "README.md": "x\n"}, before)


def test_a_kind_that_becomes_cluster_scoped_concerns_what_reads_nothing_of_it(compared: Compare) -> None:
    before = {**ESTATE, "plain/thing.yaml": THING}
    changes = compared(before, {**before, "kinds/thing.yaml": KIND}).base.changes
    found = {(change.kind, change.label, change.object.namespace) for change in changes.objects}
    assert {("removed", "Thing thing", "plain"), ("added", "Thing thing", "")} <= found


def test_a_controller_that_is_installed_tells_its_helm_though_nothing_touches_it(compared: Compare) -> None:
    """Argo CD 3.1 has Helm 3, for which a null in a chart's values is another thing."""
    before = {
        **ESTATE,
        "install/argocd.yaml": ARGOCD,
        "charts/shop/values.yaml": "replicas: 1\nlevel: info\nsub: {x: null}\n",
        "charts/shop/Chart.yaml": ESTATE["charts/shop/Chart.yaml"] + "dependencies: [{name: sub, version: 1.0.0}]\n",
        "charts/shop/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/shop/charts/sub/values.yaml": "x: kept\n",
        "charts/shop/charts/sub/templates/c.yaml": (
            'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: {{ .Values.x | default "gone" }}}\n'
        ),
    }
    after = {**before, "charts/shop/values-prod.yaml": "replicas: 4\n"}
    found = compared(before, after).head
    (item,) = (o for o in found.objects["argocd:Application/argocd/shop-prod"] if o.name == "c")
    assert item.data["data"] == {"x": "gone"}
