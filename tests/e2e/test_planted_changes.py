"""What a change brings is found wherever it can stand, at the line that changed: the rules that need a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.planting import argocd_places as argocd
from tests.e2e.planting import flux_places as flux
from tests.e2e.planting import kustomize_places as kustomize
from tests.e2e.planting.fault import HERE, Place, Value
from tests.e2e.planting.manifests import CONFIG_MAP, DEPLOYMENT, SECRET
from tests.e2e.planting.plot import BASE, ON_CHANGES, Planted, harvest, plant
from tests.e2e.planting.shared_places import (
    shared_base,
    shared_component,
    shared_defaults,
    shared_folder,
    shared_generator,
    shared_template,
)
from tests.e2e.planting.table import FIELD_PLACES, VALUE_PLACES
from tests.repositories import Repository

SELECTOR = DEPLOYMENT.fault("selector-changed", "selector", "web-2")
CROSSING = DEPLOYMENT.fault("change-crosses-environments", "mode", "fast")
REACHING = DEPLOYMENT.fault("change-reach", "mode", "fast")
SHARED = (shared_base, shared_component, shared_defaults, shared_template, shared_generator, shared_folder)
WRITTEN = (
    kustomize.folder,
    kustomize.base,
    kustomize.component,
    kustomize.overlay_patch,
    kustomize.component_patch,
    argocd.application_folder,
    flux.flux_folder,
)
"""Places that hold an object's field under its own key: the commits in between are searched, and not rendered."""
_SECRET = f"hunter2-{HERE}-Tr0ub4dor"
"""Another in each place: a secret that is found once is known."""
GONE = Value(
    rule="secret-in-history",
    name="value",
    good='""',
    bad=_SECRET,
    key="password",
    template=SECRET.good.replace('""', "{{ .Values.password | quote }}"),
)
GONE_FIELDS = (
    SECRET.fault("secret-in-history", "password", _SECRET, name="Secret"),
    CONFIG_MAP.fault("secret-in-history", "url", f"https://ann:{_SECRET}@db.example.com/x", name="URL"),
)
Cases = Sequence[tuple[Place, Value]]


def _harmless(cases: Cases) -> Cases:
    return [(place, replace(fault, bad=fault.good)) for place, fault in cases]


def _commit(root: Path, cases: Cases) -> list[Planted]:
    planted = plant(root, cases)
    repository = Repository(root)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "a change")
    repository.branch_if_new(BASE)
    return planted


def _changed(root: Path, cases: Cases) -> list[Planted]:
    """Commit the repository without the faults, and plant them in the work tree."""
    _commit(root, _harmless(cases))
    return plant(root, cases)


def _expected(planted: Sequence[Planted]) -> dict[str, list[tuple[str, int, bool]]]:
    return {item.label: [item.expected] for item in planted}


def test_a_selector_that_changes_is_found_in_each_place(tmp_path: Path) -> None:
    planted = _changed(tmp_path, [(place, SELECTOR) for place in FIELD_PLACES])
    assert harvest(tmp_path, planted, BASE) == _expected(planted)


@pytest.mark.parametrize("place", SHARED, ids=lambda place: place.__name__)
def test_a_change_of_what_environments_share_is_found_at_its_line(place: Place, tmp_path: Path) -> None:
    (planted,) = _changed(tmp_path, [(place, CROSSING)])
    alike = replace(planted, fault=REACHING, label="reach")
    assert harvest(tmp_path, [planted, alike], BASE) == _expected([planted, alike])


def test_a_secret_that_a_later_commit_takes_out_is_found_in_each_place(tmp_path: Path) -> None:
    written: Cases = [(place, fault) for place in WRITTEN for fault in GONE_FIELDS]
    cases = [*written, *((place, GONE) for place in VALUE_PLACES)]
    _commit(tmp_path, _harmless(cases))
    planted = _commit(tmp_path, cases)
    _commit(tmp_path, _harmless(cases))
    found = harvest(tmp_path, planted, BASE)
    assert found == {item.label: [(*item.expected[:2], False)] for item in planted}


def test_every_rule_on_changes_is_planted() -> None:
    assert {fault.rule for fault in (SELECTOR, CROSSING, REACHING, GONE)} == ON_CHANGES
