"""The places where a fault can stand: small repositories whose one line with the bad value is marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from tests.e2e.planting.faults import SLOT, Fault, Step

MARK = " # planted"
"""Ends the line with the bad value."""
Files = Mapping[str, str]
Place = Callable[[Fault], Files]
_REPOSITORY = "https://git.example.com/team/this.git"
CONFIG = f"repository: {{urls: ['{_REPOSITORY}']}}\n"


def bad_object(fault: Fault) -> str:
    """Give the object with the marked bad value."""
    return fault.object.replace(SLOT, fault.bad + MARK)


def good_object(fault: Fault) -> str:
    """Give the object as it should be."""
    return fault.object.replace(SLOT, fault.good)


def _with(fault: Fault, value: str) -> str:
    """Give the object with something else in the slot: a variable, a template action."""
    return fault.object.replace(SLOT, value)


def _kustomization(**fields: Any) -> str:
    return yaml.safe_dump(fields, sort_keys=False)


def folder(fault: Fault) -> Files:
    """A file that a kustomization for production lists."""
    return {"apps/prod/kustomization.yaml": _kustomization(resources=["o.yaml"]), "apps/prod/o.yaml": bad_object(fault)}


def base(fault: Fault) -> Files:
    """A base that two overlays use."""
    return {
        "base/kustomization.yaml": _kustomization(resources=["o.yaml"]),
        "base/o.yaml": bad_object(fault),
        **{f"overlays/{name}/kustomization.yaml": _kustomization(resources=["../../base"]) for name in ("dev", "prod")},
    }


def overlay_patch(fault: Fault) -> Files:
    """A strategic merge patch of one overlay."""
    return {
        **_good_base(fault),
        "overlays/prod/patch.yaml": _patch(fault),
        **_overlays(patches=[{"path": "patch.yaml"}]),
    }


def inline_patch(fault: Fault) -> Files:
    """A strategic merge patch inside the overlay's kustomization."""
    lines = "".join(f"      {line}\n" for line in _patch(fault).splitlines())
    text = f"resources: [../../base]\npatches:\n  - patch: |-\n{lines}"
    return {**_good_base(fault), **_overlays(), "overlays/prod/kustomization.yaml": text}


def json_patch(fault: Fault) -> Files:
    """A JSON 6902 patch in a file of the overlay."""
    text = f"- op: replace\n  path: {_pointer(fault)}\n  value: {fault.bad}{MARK}\n"
    patch = {"path": "patch.yaml", "target": {"kind": _kind(fault)}}
    return {**_good_base(fault), "overlays/prod/patch.yaml": text, **_overlays(patches=[patch])}


def component(fault: Fault) -> Files:
    """A patch of a component that one overlay takes."""
    return {
        **_good_base(fault),
        "components/hard/kustomization.yaml": _kustomization(
            apiVersion="kustomize.config.k8s.io/v1alpha1", kind="Component", patches=[{"path": "patch.yaml"}]
        ),
        "components/hard/patch.yaml": _patch(fault),
        **_overlays(components=["../../components/hard"]),
    }


def chart_values(fault: Fault) -> Files:
    """The values file of one environment, over a chart's good default."""
    return {
        **_chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n"),
        "chart/values-prod.yaml": f"slot: {fault.bad}{MARK}\n",
    }


def chart_defaults(fault: Fault) -> Files:
    """A chart's own values, which production's do not override."""
    return {
        **_chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.bad}{MARK}\n"),
        "chart/values-prod.yaml": "{}\n",
    }


def chart_template(fault: Fault) -> Files:
    """A line of a chart's template."""
    return {**_chart(bad_object(fault), "{}\n"), "chart/values-prod.yaml": "{}\n"}


def application_values(fault: Fault) -> Files:
    """The valuesObject of an Application."""
    text = f"    helm:\n      valuesObject:\n        slot: {fault.bad}{MARK}\n"
    chart = _chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n")
    return {**chart, "apps/shop-prod.yaml": _application(text)}


def application_parameter(fault: Fault) -> Files:
    """A Helm parameter of an Application."""
    text = f"    helm:\n      parameters:\n        - name: slot\n          value: {_quoted(fault.bad)}{MARK}\n"
    chart = _chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n")
    return {**chart, "apps/shop-prod.yaml": _application(text)}


def application_patch(fault: Fault) -> Files:
    """A patch in an Application's kustomize block."""
    target = f"          kind: {_kind(fault)}\n"
    operation = f"          - op: replace\n            path: {_pointer(fault)}\n            value: {fault.bad}{MARK}\n"
    text = f"    kustomize:\n      patches:\n      - target:\n{target}        patch: |-\n{operation}"
    plain = {"chart/kustomization.yaml": _kustomization(resources=["o.yaml"]), "chart/o.yaml": good_object(fault)}
    return {**plain, "apps/shop-prod.yaml": _application(text)}


def applicationset(fault: Fault) -> Files:
    """A Helm parameter in the template of an ApplicationSet."""
    source = _application(
        f"    helm:\n      parameters:\n        - name: slot\n          value: {_quoted(fault.bad)}{MARK}\n"
    )
    spec = "".join(f"    {line}\n" for line in source.partition("spec:\n")[2].splitlines())
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: shop\n  namespace: argocd\n"
        "spec:\n  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n  generators:\n    - list:\n"
        "        elements:\n          - env: prod\n  template:\n    metadata:\n      name: shop-{{.env}}\n"
        f"    spec:\n{spec}"
    )
    chart = _chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n")
    return {**chart, "apps/set.yaml": text}


def generated_element(fault: Fault) -> Files:
    """An element of an ApplicationSet's list generator."""
    files = dict(applicationset(fault))
    text = files["apps/set.yaml"].replace(f"{_quoted(fault.bad)}{MARK}", '"{{.slot}}"')
    files["apps/set.yaml"] = text.replace(
        "- env: prod\n", f"- env: prod\n            slot: {_quoted(fault.bad)}{MARK}\n"
    )
    return files


def generated_file(fault: Fault) -> Files:
    """A file that an ApplicationSet's git generator reads."""
    files = dict(generated_element(fault))
    head, _, tail = files["apps/set.yaml"].partition("    - list:\n")
    template = tail[tail.index("  template:\n") :]
    generator = f"    - git:\n        repoURL: {_REPOSITORY}\n        revision: v1.0.0\n        files:\n"
    files["apps/set.yaml"] = f"{head}{generator}          - path: envs/*.yaml\n{template}"
    return {**files, "envs/prod.yaml": f"env: prod\nslot: {_quoted(fault.bad)}{MARK}\n"}


def substitution(fault: Fault) -> Files:
    """A variable of a Flux Kustomization."""
    text = _FLUX.format(path="shop") + f"  postBuild:\n    substitute:\n      SLOT: {_quoted(fault.bad)}{MARK}\n"
    return {
        "clusters/prod/shop.yaml": text,
        "shop/kustomization.yaml": _kustomization(resources=["o.yaml"]),
        "shop/o.yaml": _with(fault, "${SLOT}"),
    }


def substitution_from(fault: Fault) -> Files:
    """A variable in a ConfigMap that a Flux Kustomization substitutes from."""
    config = _config_map("vars", "  namespace: flux-system\ndata:\n  SLOT", fault)
    files = dict(substitution(fault))
    files["clusters/prod/shop.yaml"] = (
        _FLUX.format(path="shop") + "  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: vars\n"
    )
    return {**files, "clusters/prod/vars.yaml": config}


def flux_patch(fault: Fault) -> Files:
    """A patch in a Flux Kustomization."""
    target = f"        kind: {_kind(fault)}\n"
    operation = f"        - op: replace\n          path: {_pointer(fault)}\n          value: {fault.bad}{MARK}\n"
    text = _FLUX.format(path="shop") + f"  patches:\n    - target:\n{target}      patch: |-\n{operation}"
    return {
        "clusters/prod/shop.yaml": text,
        "shop/kustomization.yaml": _kustomization(resources=["o.yaml"]),
        "shop/o.yaml": good_object(fault),
    }


def release_values(fault: Fault) -> Files:
    """The values of a HelmRelease."""
    chart = _chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n")
    release = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: shop\n  namespace: shop\nspec:\n"
        "  interval: 10m\n  chart:\n    spec:\n      chart: ./chart\n      sourceRef:\n        kind: GitRepository\n"
        f"        name: flux-system\n        namespace: flux-system\n  values:\n    slot: {fault.bad}{MARK}\n"
    )
    return {
        **chart,
        "clusters/prod/apps.yaml": _FLUX.format(path="releases"),
        "clusters/prod/source.yaml": _SOURCE,
        "releases/kustomization.yaml": _kustomization(resources=["shop.yaml"]),
        "releases/shop.yaml": release,
    }


def values_from(fault: Fault) -> Files:
    """A ConfigMap that a HelmRelease takes values from."""
    files = dict(release_values(fault))
    release = files["releases/shop.yaml"].partition("  values:\n")[0]
    files["releases/shop.yaml"] = f"{release}  valuesFrom:\n    - kind: ConfigMap\n      name: shop-values\n"
    files["releases/kustomization.yaml"] = _kustomization(resources=["shop.yaml", "values.yaml"])
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop-values\n  namespace: shop\n"
    return {**files, "releases/values.yaml": f"{head}data:\n  values.yaml: |\n    slot: {fault.bad}{MARK}\n"}


def subchart_values(fault: Fault) -> Files:
    """Values that a chart gives to a chart inside it."""
    inner = _chart(_with(fault, "{{ .Values.slot | toJson }}"), f"slot: {fault.good}\n")
    return {
        **{path.replace("chart/", "chart/charts/shop/"): text for path, text in inner.items()},
        "chart/Chart.yaml": "apiVersion: v2\nname: outer\nversion: 1.0.0\n",
        "chart/values.yaml": "{}\n",
        "chart/values-prod.yaml": f"shop:\n  slot: {fault.bad}{MARK}\n",
    }


def templated_values(fault: Fault) -> Files:
    """A value that is a template itself, and takes another value (tpl)."""
    return {
        **_chart(_with(fault, "{{ tpl .Values.outer . | toJson }}"), f"slot: {fault.good}\n"),
        "chart/values-prod.yaml": f"outer: '{{{{ .Values.slot }}}}'\nslot: {fault.bad}{MARK}\n",
    }


def replacement(fault: Fault) -> Files:
    """A ConfigMap that a replacement of the overlay copies from."""
    source = _config_map("slots", "  annotations:\n    slot", fault)
    entry = {
        "source": {"kind": "ConfigMap", "name": "slots", "fieldPath": "metadata.annotations.slot"},
        "targets": [{"select": {"kind": _kind(fault), "name": _name(fault)}, "fieldPaths": [_field_path(fault)]}],
    }
    return {
        **_good_base(fault),
        "overlays/dev/kustomization.yaml": _kustomization(resources=["../../base"]),
        "overlays/prod/kustomization.yaml": _kustomization(
            resources=["../../base", "slots.yaml"], replacements=[entry]
        ),
        "overlays/prod/slots.yaml": source,
    }


PLAIN: tuple[Place, ...] = (folder, base, chart_template)
PATCHES: tuple[Place, ...] = (overlay_patch, inline_patch, json_patch, component, application_patch, flux_patch)
VALUES: tuple[Place, ...] = (
    chart_values,
    chart_defaults,
    subchart_values,
    application_values,
    release_values,
    values_from,
)
TEXTS: tuple[Place, ...] = (
    templated_values,
    application_parameter,
    applicationset,
    generated_element,
    generated_file,
    substitution,
    substitution_from,
)
COPIES: tuple[Place, ...] = (replacement,)

_FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ./{path}
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-prod
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: {url}
    path: chart
    targetRevision: v1.0.0
{settings}  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""
_SOURCE = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  url: {_REPOSITORY}
  ref:
    tag: v1.0.0
"""


def _good_base(fault: Fault) -> dict[str, str]:
    return {"base/kustomization.yaml": _kustomization(resources=["o.yaml"]), "base/o.yaml": good_object(fault)}


def _overlays(**production: Any) -> dict[str, str]:
    """Two overlays of the base; what is given is production's."""
    return {
        "overlays/dev/kustomization.yaml": _kustomization(resources=["../../base"]),
        "overlays/prod/kustomization.yaml": _kustomization(resources=["../../base"], **production),
    }


def _chart(template: str, values: str) -> dict[str, str]:
    return {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/templates/o.yaml": template,
        "chart/values.yaml": values,
    }


def _config_map(name: str, place: str, fault: Fault) -> str:
    """Give a ConfigMap that holds the bad value; ``place`` are the lines before it, up to its key."""
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
    return f"{head}{place}: {_quoted(fault.bad)}{MARK}\n"


def _application(settings: str) -> str:
    return _APPLICATION.format(url=_REPOSITORY, settings=settings)


def _patch(fault: Fault) -> str:
    """Give the smallest strategic merge patch that sets the field, with the mark."""
    whole = yaml.safe_load(good_object(fault))
    patch: dict[str, Any] = {key: whole[key] for key in ("apiVersion", "kind")}
    patch["metadata"] = {key: whole["metadata"][key] for key in ("name", "namespace") if key in whole["metadata"]}
    _set(patch, fault.field)
    return yaml.safe_dump(patch, sort_keys=False).replace(SLOT, fault.bad + MARK)


def _set(patch: dict[str, Any], field: tuple[Step, ...]) -> None:
    place: Any = patch
    for at, step in enumerate(field):
        last = at == len(field) - 1
        if isinstance(step, tuple):
            place.append({step[0]: step[1]})
            place = place[0]
        elif last:
            place[step] = SLOT
        else:
            place = place.setdefault(step, [] if isinstance(field[at + 1], tuple) else {})


def _pointer(fault: Fault) -> str:
    """Give the field as a JSON pointer into the object."""
    place, steps = yaml.safe_load(good_object(fault)), []
    for step in fault.field:
        if isinstance(step, tuple):
            at = next(at for at, item in enumerate(place) if item[step[0]] == step[1])
            steps.append(str(at))
            place = place[at]
        else:
            steps.append(step.replace("~", "~0").replace("/", "~1"))
            place = place[step]
    return "/" + "/".join(steps)


def _field_path(fault: Fault) -> str:
    """Give the field as replacements name it."""
    steps = (f"[{step[0]}={step[1]}]" if isinstance(step, tuple) else step for step in fault.field)
    return ".".join(f"[{step}]" if "." in step and not step.startswith("[") else step for step in steps)


def _kind(fault: Fault) -> str:
    return str(yaml.safe_load(good_object(fault))["kind"])


def _name(fault: Fault) -> str:
    return str(yaml.safe_load(good_object(fault))["metadata"]["name"])


def _quoted(value: str) -> str:
    """Give a value as a quoted text, which is what parameters and variables are."""
    return json.dumps(yaml.safe_load(value) if value.startswith('"') else value)
