"""Which faults are planted in which places, as data, and which rules need more than one look at a repository."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from tests.e2e.planting import argocd_places as argocd
from tests.e2e.planting import blast_radius_faults as blast_radius
from tests.e2e.planting import flux_places as flux
from tests.e2e.planting import helm_places as helm
from tests.e2e.planting import images_faults as images
from tests.e2e.planting import kustomize_places as kustomize
from tests.e2e.planting import overlays_faults as overlays
from tests.e2e.planting import overlays_trees, schema_trees, secrets_trees
from tests.e2e.planting import schema_faults as schema
from tests.e2e.planting import secrets_faults as secrets
from tests.e2e.planting.fault import Fault, Files, Place, Tree

_FIELDS = (
    *secrets.FIELDS,
    *images.FIELDS,
    *blast_radius.FIELDS,
    *schema.FIELDS,
)
_VALUES = (*_FIELDS, *images.VALUES, *schema.VALUES)
_WHOLES = (*_FIELDS, *blast_radius.OBJECTS, *schema.OBJECTS)
_ENTRIES = (
    *secrets.ENTRIES,
    *images.ENTRIES,
    *overlays.ENTRIES,
    *schema.ENTRIES,
)
_SETTINGS = (*secrets.SETTINGS, *images.SETTINGS, *overlays.SETTINGS)
_PATCHED = tuple(fault for fault in _FIELDS if fault.patched)
_TEXTS = tuple(fault for fault in _FIELDS if fault.text)
_WHOLE_PLACES: Sequence[Place] = (
    kustomize.folder,
    kustomize.base,
    kustomize.component,
    helm.chart_template,
    helm.chart_helper,
    argocd.root_chart,
    argocd.application_folder,
    argocd.generated_folder,
    flux.release_chart,
    flux.flux_folder,
    flux.flux_component,
)
_PATCH_PLACES: Sequence[Place] = (
    kustomize.overlay_patch,
    kustomize.inline_patch,
    kustomize.json_patch,
    kustomize.component_patch,
    argocd.application_patch,
    flux.flux_patch,
)
VALUE_PLACES: Sequence[Place] = (
    helm.chart_values,
    helm.chart_defaults,
    helm.subchart_values,
    argocd.application_values,
    argocd.application_values_text,
    argocd.application_values_file,
    flux.release_values,
    flux.values_from,
)
_PARAMETER_PLACES: Sequence[Place] = (
    argocd.application_parameter,
    argocd.applicationset,
    argocd.generated_element,
    argocd.generated_file,
)
_TEXT_PLACES: Sequence[Place] = (
    helm.templated_values,
    helm.template_default,
    flux.substitution,
    flux.substitution_from,
    flux.substitution_default,
)
_ENTRY_PLACES: Sequence[Place] = (
    kustomize.overlay_entry,
    kustomize.base_entry,
    kustomize.middle_entry,
    kustomize.component_entry,
    argocd.application_entry,
    flux.flux_entry,
)
_SETTING_PLACES: Sequence[Place] = (argocd.application_setting, argocd.applicationset_setting, flux.flux_setting)
FIELD_PLACES = (
    *_WHOLE_PLACES,
    *_PATCH_PLACES,
    *VALUE_PLACES,
    *_PARAMETER_PLACES,
    *_TEXT_PLACES,
    kustomize.replacement,
)
"""Where a text that is one field of an object can stand."""
GROUPS: Sequence[tuple[Sequence[Fault], Sequence[Place]]] = (
    (_WHOLES, _WHOLE_PLACES),
    (_PATCHED, _PATCH_PLACES),
    (_VALUES, VALUE_PLACES),
    (tuple(fault for fault in _VALUES if fault.text), _PARAMETER_PLACES),
    (_TEXTS, _TEXT_PLACES),
    (tuple(fault for fault in _TEXTS if fault.patched), (kustomize.replacement,)),
    (_ENTRIES, _ENTRY_PLACES),
    (_SETTINGS, _SETTING_PLACES),
)
"""Faults of one form, and the places where that form can stand."""
TREES: Sequence[Tree] = (*secrets_trees.TREES, *overlays_trees.TREES, *schema_trees.TREES)
"""Faults that bring their own place."""


def trees(fault: Tree) -> Files:
    """The place that the fault itself describes."""
    return fault.files


def _planted() -> Iterator[tuple[Place, Sequence[Fault]]]:
    for faults, places in GROUPS:
        for place in places:
            yield place, tuple(fault for fault in faults if place.__name__ not in fault.never)
    # Symlinks need a privilege on Windows.
    yield trees, tuple(tree for tree in TREES if not tree.links or sys.platform != "win32")


PLANTED: Mapping[Place, Sequence[Fault]] = dict(_planted())
"""Each place with the faults that can stand there."""
FAULTS: Sequence[Fault] = (*(fault for faults, _ in GROUPS for fault in faults), *TREES)
