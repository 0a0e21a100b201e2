"""Where a fault can stand in Argo CD's Applications and ApplicationSets, and below them."""

from __future__ import annotations

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
from tests.e2e.planting.patch_texts import operation

REPOSITORY = "https://git.example.com/team/this.git"


def application_values(fault: Value) -> Files:
    """The valuesObject of an Application."""
    return {**chart(fault), **_application(f"    helm:\n      valuesObject:\n        {fault.line}")}


def application_values_text(fault: Value) -> Files:
    """The values of an Application, which are a text."""
    return {**chart(fault), **_application(f"    helm:\n      values: |\n        {fault.line}")}


def application_values_file(fault: Value) -> Files:
    """A values file that an Application names, outside of the chart."""
    settings = f"    helm:\n      valueFiles: [/{HERE}/values/prod.yaml]\n"
    return {**chart(fault), "values/prod.yaml": fault.line, **_application(settings)}


def application_parameter(fault: Value) -> Files:
    """A Helm parameter of an Application."""
    return {**chart(fault), **_application(_bad_parameter(fault))}


def applicationset(fault: Value) -> Files:
    """A Helm parameter in the template of an ApplicationSet."""
    return {**chart(fault), **_application_set(_ELEMENT, _bad_parameter(fault))}


def generated_element(fault: Value) -> Files:
    """An element of an ApplicationSet's list generator."""
    element = f"{_ELEMENT}            slot: {quoted(fault.bad)}{MARK}\n"
    return {**chart(fault), **_application_set(element, _parameter(fault, '"{{.slot}}"'))}


def generated_file(fault: Value) -> Files:
    """A file that an ApplicationSet's git generator reads."""
    generator = f"    - git:\n        repoURL: {REPOSITORY}\n        revision: v1.0.0\n        files:\n"
    generator += f"          - path: {HERE}/envs/*.yaml\n"
    return {
        **chart(fault),
        "envs/prod.yaml": f"env: prod\nslot: {quoted(fault.bad)}{MARK}\n",
        **_application_set(generator, _parameter(fault, '"{{.slot}}"')),
    }


def application_patch(fault: Field) -> Files:
    """A patch in an Application's kustomize block."""
    settings = (
        f"    kustomize:\n      patches:\n      - target:\n          kind: {fault.kind}\n        patch: |-\n"
        f"{indented(operation(fault), 10)}"
    )
    return {**_folder(fault.good_object), **_application(settings)}


def root_chart(fault: Whole) -> Files:
    """A template of a chart that an Application renders."""
    return {
        "chart/Chart.yaml": f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n",
        "chart/templates/o.yaml": fault.bad_object,
        **_application("", _PRUNED if fault.pruned else ""),
    }


def application_folder(fault: Whole) -> Files:
    """A plain folder that an Application applies."""
    return {"chart/o.yaml": fault.bad_object, **_application("", _PRUNED if fault.pruned else "")}


def generated_folder(fault: Whole) -> Files:
    """A folder for which an ApplicationSet's git generator makes an Application."""
    generator = (
        f"    - git:\n        repoURL: {REPOSITORY}\n        revision: v1.0.0\n        directories:\n"
        f"          - path: {HERE}/apps/*\n"
    )
    files = _application_set(generator, "", _PRUNED if fault.pruned else "")
    text = files["apps.yaml"].replace(f"path: {HERE}/chart", "path: '{{.path.path}}'")
    return {"apps/prod/o.yaml": fault.bad_object, "apps.yaml": text.replace("{{.env}}", "{{.path.basename}}")}


def application_entry(fault: Entry) -> Files:
    """The kustomization of a folder that an Application applies."""
    return {
        "chart/kustomization.yaml": fault.text.replace("BASE", "o.yaml"),
        "chart/o.yaml": fault.object,
        **_application(""),
    }


def application_setting(fault: Setting) -> Files:
    """The kustomize block of an Application."""
    return {**_folder(fault.object), **_application(f"    kustomize:\n{indented(fault.argocd, 6)}")}


def applicationset_setting(fault: Setting) -> Files:
    """The kustomize block in the template of an ApplicationSet."""
    return {**_folder(fault.object), **_application_set(_ELEMENT, f"    kustomize:\n{indented(fault.argocd, 6)}")}


_ELEMENT = "    - list:\n        elements:\n          - env: prod\n"
_PRUNED = "  syncPolicy:\n    automated:\n      prune: true\n"
_SPEC = """\
  project: shop
  source:
    repoURL: {url}
    path: HERE/chart
    targetRevision: v1.0.0
{settings}  destination:
    server: https://kubernetes.default.svc
    namespace: HERE
{sync}"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: HERE-prod
  namespace: argocd
spec:
"""
_APPLICATION_SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: HERE
  namespace: argocd
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  syncPolicy:
    preserveResourcesOnDeletion: true
  generators:
{generators}  template:
    metadata:
      name: HERE-{{{{.env}}}}
    spec:
{spec}"""


def _folder(text: str) -> dict[str, str]:
    return {"chart/kustomization.yaml": kustomization(resources=["o.yaml"]), "chart/o.yaml": text}


def _bad_parameter(fault: Value) -> str:
    lines = _parameter(fault, quoted(fault.bad)).splitlines()
    wrong = -2 if fault.misspelt else -1
    lines[wrong] += MARK
    return "\n".join(lines) + "\n"


def _parameter(fault: Value, value: str) -> str:
    return f"    helm:\n      parameters:\n        - name: {fault.key}\n          value: {value}\n"


def _application(settings: str, sync: str = "") -> dict[str, str]:
    return {"apps/prod.yaml": _APPLICATION + _SPEC.format(url=REPOSITORY, settings=settings, sync=sync)}


def _application_set(generators: str, settings: str, sync: str = "") -> dict[str, str]:
    spec = indented(_SPEC.format(url=REPOSITORY, settings=settings, sync=sync), 4)
    return {"apps.yaml": _APPLICATION_SET.format(generators=generators, spec=spec)}
