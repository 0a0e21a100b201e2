"""Faults of the families schema and blast-radius that are a matter of whole files, or of where a file lies."""

from __future__ import annotations

from tests.e2e.planting.argocd_places import application_values_text, generated_file
from tests.e2e.planting.fault import HERE, MARK, Files, Object, Tree, Value
from tests.e2e.planting.flux_places import flux_folder, release_values, values_from
from tests.e2e.planting.kustomize_places import base, component, folder
from tests.e2e.planting.manifests import APPLICATION, CONFIG_MAP, DEPLOYMENT

_OVERLAYS = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("dev", "prod")}
_BASE = {"base/kustomization.yaml": "resources: [o.yaml]\n", "base/o.yaml": DEPLOYMENT.good, **_OVERLAYS}
_COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - path: patch.yaml\n"
_PATCHED = {**_BASE, "overlays/prod/kustomization.yaml": "resources: [../../base]\npatches:\n  - path: patch.yaml\n"}
_IN_COMPONENT = {
    **_BASE,
    "components/hard/kustomization.yaml": _COMPONENT,
    "overlays/prod/kustomization.yaml": "resources: [../../base]\ncomponents: [../../components/hard]\n",
}
_PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  minReadySeconds: 5\n"
_CHART = {
    "chart/Chart.yaml": f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n",
    "chart/templates/o.yaml": CONFIG_MAP.good.replace("https://db.example.com", "{{ .Values.slot }}"),
    "chart/values.yaml": "slot: low\n",
    "chart/values-prod.yaml": "slot: high\n",
}
_FAILING = CONFIG_MAP.good + f'  mode: {{{{ fail "no" }}}}{MARK}\n'
_REQUIRING = CONFIG_MAP.good + f'  mode: {{{{ required "a mode" .Values.mode }}}}{MARK}\n'
_TABBED_PATCH = {"patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n\tname: web\n"}
_TWICE = f"  minReadySeconds: 6{MARK}\n"


def _value(bad: str) -> Value:
    return Value(rule="", good="low", bad=bad, template=_CHART["chart/templates/o.yaml"])


def _unread(place: str, files: Files, link: str) -> Tree:
    return Tree(
        rule="unreadable-file",
        place=place,
        files=files,
        links={link: "../../../../elsewhere.yaml"},
        found=(link, 1, True),
    )


def _broken(place: str, files: Files, path: str, line: int) -> Tree:
    return Tree(rule="invalid-yaml", place=place, files=files, found=(path, line, True))


_TAB = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: web\n"
_TABBED = Object(rule="", object=_TAB)
_DUPLICATED = _value("low\nslot: high")
_CHILD = APPLICATION.good.replace("elsewhere.git", "this.git")
_ROOT = _CHILD.replace(f"name: {HERE}\n", f"name: {HERE}-root\n", 1).replace("path: shop", f"path: {HERE}/apps")
_SELF = _CHILD.replace("path: shop", f"path: {HERE}/apps{MARK}")
_KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: {path}
  sourceRef:
    kind: GitRepository
    name: flux-system
  postBuild:
    substitute:
      OTHER: plain
"""
_APPLIED = {"clusters/prod/shop.yaml": _KUSTOMIZATION.format(name=HERE, path=f"./{HERE}/overlays/prod")}
_TAGGED = f"""\
resources: [../../base]
images:
  - name: registry.example.com/web
    newTag: ${{TAG}}{MARK}
"""
_UNDEFINED = _PATCH.replace("minReadySeconds: 5", f"minReadySeconds: ${{SECONDS}}{MARK}")
TREES = (
    _unread("resource", {"apps/prod/kustomization.yaml": "resources: [o.yaml]\n"}, "apps/prod/o.yaml"),
    _unread("base", {k: v for k, v in _BASE.items() if k != "base/o.yaml"}, "base/o.yaml"),
    _unread("patch", _PATCHED, "overlays/prod/patch.yaml"),
    _unread("values", _CHART, "chart/values-dev.yaml"),
    _unread("template", _CHART, "chart/templates/more.yaml"),
    _broken("resource", folder(_TABBED), "apps/prod/o.yaml", 4),
    _broken("base", base(_TABBED), "base/o.yaml", 4),
    _broken("component", component(_TABBED), "components/hard/o.yaml", 4),
    _broken("folder of Flux", flux_folder(_TABBED), "shop/o.yaml", 4),
    _broken(
        "patch",
        {**_PATCHED, "overlays/prod/patch.yaml": _PATCH.replace("  min", "\tmin")},
        "overlays/prod/patch.yaml",
        6,
    ),
    _broken(
        "patch of a component",
        {**_IN_COMPONENT, "components/hard/patch.yaml": _PATCH.replace("  min", "\tmin")},
        "components/hard/patch.yaml",
        6,
    ),
    _broken(
        "kustomization", {**_BASE, "base/kustomization.yaml": "resources:\n\t- o.yaml\n"}, "base/kustomization.yaml", 2
    ),
    _broken("values", {**_CHART, "chart/values-prod.yaml": "slot:\n\tlow: 1\n"}, "chart/values-prod.yaml", 2),
    _broken(
        "values text of an Application",
        {k: t.replace(MARK, "") for k, t in application_values_text(_value("a: b: c")).items()},
        "apps/prod.yaml",
        14,
    ),
    _broken(
        "values text of a ConfigMap",
        {k: t.replace(MARK, "") for k, t in values_from(_value("a: b: c")).items()},
        "releases/values.yaml",
        8,
    ),
    _broken(
        "file of a generator",
        {**generated_file(_value("low")), "envs/prod.yaml": "env: prod\nslot: a: b\n"},
        "envs/prod.yaml",
        2,
    ),
    Tree(rule="duplicate-key", place="patch", files={**_PATCHED, "overlays/prod/patch.yaml": _PATCH + _TWICE}),
    Tree(
        rule="duplicate-key",
        place="patch of a component",
        files={**_IN_COMPONENT, "components/hard/patch.yaml": _PATCH + _TWICE},
    ),
    Tree(
        rule="duplicate-key",
        place="values",
        files={**_CHART, "chart/values-prod.yaml": f"slot: low\nslot: high{MARK}\n"},
    ),
    Tree(
        rule="duplicate-key",
        place="values of an Application",
        files=application_values_text(_value("low\n        slot: high")),
    ),
    Tree(rule="duplicate-key", place="values of a release", files=release_values(_value("low\n    slot: high"))),
    Tree(rule="duplicate-key", place="values text of a ConfigMap", files=values_from(_value("low\n    slot: high"))),
    Tree(
        rule="duplicate-key",
        place="file of a generator",
        files={**generated_file(_value("low")), "envs/prod.yaml": f"env: prod\nslot: low\nslot: high{MARK}\n"},
    ),
    Tree(
        rule="render-failed",
        place="template",
        files={**_CHART, "chart/templates/o.yaml": _FAILING},
    ),
    Tree(
        rule="render-failed",
        place="required value",
        files={**_CHART, "chart/templates/o.yaml": _REQUIRING},
    ),
    Tree(rule="root-app-cycle", place="plain", files={"root.yaml": _ROOT, "apps/child.yaml": _SELF}),
    Tree(
        rule="root-app-cycle",
        place="kustomization",
        files={"root.yaml": _ROOT, "apps/kustomization.yaml": "resources: [child.yaml]\n", "apps/child.yaml": _SELF},
    ),
    Tree(
        rule="root-app-cycle",
        place="template",
        files={
            "root.yaml": _ROOT,
            "apps/Chart.yaml": _CHART["chart/Chart.yaml"],
            "apps/templates/child.yaml": _SELF,
        },
    ),
    Tree(
        rule="root-app-cycle",
        place="values",
        files={
            "root.yaml": _ROOT,
            "apps/Chart.yaml": _CHART["chart/Chart.yaml"],
            "apps/templates/child.yaml": _CHILD.replace("path: shop", "path: {{ .Values.path }}"),
            "apps/values.yaml": f"path: {HERE}/apps{MARK}\n",
        },
    ),
    Tree(
        rule="root-app-cycle",
        place="Flux",
        files={
            "clusters/prod/root.yaml": _KUSTOMIZATION.format(name=f"{HERE}-root", path=f"./{HERE}/apps"),
            "apps/child.yaml": _KUSTOMIZATION.format(name=HERE, path=f"./{HERE}/apps{MARK}"),
        },
    ),
    Tree(
        rule="substitution-undefined",
        place="base",
        files={**_APPLIED, **_BASE, "base/o.yaml": CONFIG_MAP.good + f"  more: ${{MORE}}{MARK}\n"},
    ),
    Tree(
        rule="substitution-undefined",
        place="patch",
        files={**_APPLIED, **_PATCHED, "overlays/prod/patch.yaml": _UNDEFINED},
    ),
    Tree(
        rule="substitution-undefined",
        place="component",
        files={**_APPLIED, **_IN_COMPONENT, "components/hard/patch.yaml": _UNDEFINED},
    ),
    Tree(
        rule="substitution-undefined",
        place="folder without a kustomization",
        files={**_APPLIED, "overlays/prod/o.yaml": CONFIG_MAP.good + f"  more: ${{MORE}}{MARK}\n"},
    ),
    Tree(
        rule="substitution-undefined",
        place="text of several lines",
        files={
            **_APPLIED,
            **_BASE,
            "base/o.yaml": CONFIG_MAP.good + f"  more: |\n    a\n    b=${{MORE}}{MARK}\n    c\n",
        },
    ),
    Tree(
        rule="substitution-undefined",
        place="file of a generator",
        files={
            **_APPLIED,
            "overlays/prod/kustomization.yaml": "configMapGenerator: [{name: a, files: [run.conf]}]\n",
            "overlays/prod/run.conf": f"mode=${{OTHER}}\nmore=${{MORE}}{MARK}\nlast\n",
        },
    ),
    Tree(
        rule="substitution-undefined",
        place="images entry",
        files={
            **_APPLIED,
            **_BASE,
            "overlays/prod/kustomization.yaml": _TAGGED,
        },
    ),
)
