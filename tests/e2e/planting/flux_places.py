"""Where a fault can stand in Flux' Kustomizations and HelmReleases, and below them."""

from __future__ import annotations

from tests.e2e.planting.argocd_places import REPOSITORY
from tests.e2e.planting.fault import (
    HERE,
    MARK,
    Entry,
    Field,
    Files,
    Setting,
    Value,
    Whole,
    indented,
    kustomization,
    quoted,
)
from tests.e2e.planting.helm_places import chart
from tests.e2e.planting.kustomize_places import config_map
from tests.e2e.planting.patch_texts import operation


def substitution(fault: Field) -> Files:
    """A variable of a Flux Kustomization."""
    settings = f"  postBuild:\n    substitute:\n      SLOT: {quoted(fault.bad)}{MARK}\n"
    return {**_applied(settings), **_folder(_with_variable(fault, "${SLOT}"))}


def substitution_from(fault: Field) -> Files:
    """A variable in a ConfigMap that a Flux Kustomization substitutes from."""
    settings = f"  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: {HERE}-vars\n"
    return {
        **_applied(settings),
        **_folder(_with_variable(fault, "${SLOT}")),
        "clusters/prod/vars.yaml": config_map(f"{HERE}-vars", "  namespace: flux-system\ndata:\n  SLOT", fault),
    }


def substitution_default(fault: Field) -> Files:
    """The default of a variable that nothing defines."""
    value = quoted(fault.bad)[1:-1]
    return {
        **_applied("  postBuild:\n    substitute:\n      OTHER: plain\n"),
        **_folder(_with_variable(fault, f"${{SLOT:={value}}}", MARK)),
    }


def _with_variable(fault: Field, variable: str, mark: str = "") -> str:
    """Give the object with a variable in its slot, in quotes where the value needs them."""
    quote = '"' if fault.bad.startswith('"') else ""
    return fault.filled(f"{quote}{variable}{quote}{mark}")


def flux_patch(fault: Field) -> Files:
    """A patch in a Flux Kustomization."""
    settings = (
        f"  patches:\n    - target:\n        kind: {fault.kind}\n      patch: |-\n{indented(operation(fault), 8)}"
    )
    return {**_applied(settings), **_folder(fault.good_object)}


def release_values(fault: Value) -> Files:
    """The values of a HelmRelease."""
    return {**chart(fault), **_release(f"  values:\n    {fault.line}")}


def values_from(fault: Value) -> Files:
    """A ConfigMap that a HelmRelease takes values from."""
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {HERE}-values\n  namespace: {HERE}\n"
    return {
        **chart(fault),
        **_release(f"  valuesFrom:\n    - kind: ConfigMap\n      name: {HERE}-values\n"),
        "releases/kustomization.yaml": kustomization(resources=["shop.yaml", "values.yaml"]),
        "releases/values.yaml": f"{head}data:\n  values.yaml: |\n    {fault.line}",
    }


def release_chart(fault: Whole) -> Files:
    """A template of the chart of a HelmRelease."""
    return {
        "chart/Chart.yaml": f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n",
        "chart/templates/o.yaml": fault.bad_object,
        **_release(""),
    }


def flux_folder(fault: Whole) -> Files:
    """A file in the folder of a Flux Kustomization, which has no kustomization of its own."""
    return {**_applied(""), "shop/o.yaml": fault.bad_object}


def flux_component(fault: Whole) -> Files:
    """A resource of a component that a Flux Kustomization adds."""
    head = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
    return {
        **_applied("  components:\n    - ../more\n"),
        **_folder(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {HERE}-other\n"),
        "more/kustomization.yaml": kustomization(**head, resources=["o.yaml"]),
        "more/o.yaml": fault.bad_object,
    }


def flux_entry(fault: Entry) -> Files:
    """The kustomization of the folder of a Flux Kustomization."""
    return {
        **_applied(""),
        "shop/kustomization.yaml": fault.text.replace("BASE", "o.yaml"),
        "shop/o.yaml": fault.object,
    }


def flux_setting(fault: Setting) -> Files:
    """What a Flux Kustomization itself lays over its folder."""
    return {**_applied(indented(fault.flux, 2)), **_folder(fault.object)}


_KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: HERE
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ./HERE/{path}
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
_SOURCE = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  url: {REPOSITORY}
  ref:
    tag: v1.0.0
"""
_RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: HERE
  namespace: HERE
spec:
  interval: 10m
  chart:
    spec:
      chart: ./HERE/chart
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
"""


def _applied(settings: str, path: str = "shop") -> dict[str, str]:
    return {"clusters/prod/shop.yaml": _KUSTOMIZATION.format(path=path) + settings}


def _folder(text: str) -> dict[str, str]:
    return {"shop/kustomization.yaml": kustomization(resources=["o.yaml"]), "shop/o.yaml": text}


def _release(settings: str) -> dict[str, str]:
    return {
        **_applied("", "releases"),
        "clusters/prod/source.yaml": _SOURCE,
        "releases/kustomization.yaml": kustomization(resources=["shop.yaml"]),
        "releases/shop.yaml": _RELEASE + settings,
    }
