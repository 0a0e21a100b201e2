"""Where a line can stand that development and production share: one change of it reaches both."""

from __future__ import annotations

from tests.e2e.planting.argocd_places import applicationset
from tests.e2e.planting.fault import Field, Files
from tests.e2e.planting.flux_places import flux_folder
from tests.e2e.planting.helm_places import chart_defaults, chart_template
from tests.e2e.planting.kustomize_places import base, component_patch

_NO_VALUES = {"chart/values-dev.yaml": "{}\n"}


def shared_base(fault: Field) -> Files:
    """A base of two overlays."""
    return base(fault)


def shared_component(fault: Field) -> Files:
    """A patch of a component that both overlays take."""
    files = component_patch(fault)
    return {**files, "overlays/dev/kustomization.yaml": files["overlays/prod/kustomization.yaml"]}


def shared_defaults(fault: Field) -> Files:
    """The own values of a chart, which no environment overrides."""
    return {**chart_defaults(fault), **_NO_VALUES}


def shared_template(fault: Field) -> Files:
    """A template of a chart that both environments use."""
    return {**chart_template(fault), **_NO_VALUES}


def shared_generator(fault: Field) -> Files:
    """The template of an ApplicationSet that makes an Application for each environment."""
    text = applicationset(fault)["apps.yaml"].replace("- env: prod\n", "- env: dev\n          - env: prod\n")
    return {**applicationset(fault), "apps.yaml": text}


def shared_folder(fault: Field) -> Files:
    """A folder that a Flux Kustomization of each cluster applies."""
    files = flux_folder(fault)
    return {**files, "clusters/dev/shop.yaml": files["clusters/prod/shop.yaml"]}
