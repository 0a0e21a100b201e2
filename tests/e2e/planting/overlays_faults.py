"""Faults of the family overlays: what a kustomization says."""

from __future__ import annotations

from typing import Any

from tests.e2e.planting.fault import Entry, Setting
from tests.e2e.planting.manifests import DEPLOYMENT

_WEB = DEPLOYMENT.good
_MERGED = """\
patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: wev # planted
      spec:
        revisionHistoryLimit: 2
"""
_OLD_PATCHES = """\
patchesStrategicMerge: # planted
  - |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      revisionHistoryLimit: 2
"""
_WITHOUT_EFFECT = """\
patches:
  - target: # planted
      kind: Deployment
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 2
"""
_WITHOUT_TARGET = """\
patches:
  - target:
      kind: Deployment
      name: wev # planted
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
"""
_FILES = """\
configMapGenerator:
  - name: more
    files:
      - gone.txt # planted
"""


def _entry(rule: str, lines: str, name: str = "", **settings: Any) -> Entry:
    return Entry(rule=rule, name=name, object=_WEB, text=f"resources:\n  - BASE\n{lines}", **settings)


_SHARED = {"component_entry": "what a component changes in none of its users today it may change in the next one"}
ENTRIES = (
    _entry("kustomization-deprecated-field", "commonLabels: # planted\n  team: shop\n"),
    _entry("kustomization-deprecated-field", _OLD_PATCHES, "patches"),
    _entry("missing-file", "  - gone.yaml # planted\n", "resource"),
    _entry("missing-file", "patches:\n  - path: gone.yaml # planted\n", "patch"),
    _entry("missing-file", _FILES, "generator"),
    _entry("missing-file", "components:\n  - ../gone # planted\n", "component"),
    _entry("no-op-patch", _WITHOUT_EFFECT, never=_SHARED),
    _entry("patch-target-missing", _WITHOUT_TARGET, "target"),
    _entry("patch-target-missing", _MERGED, "name"),
)
SETTINGS = (
    Setting(rule="no-op-patch", object=_WEB, argocd=_WITHOUT_EFFECT, flux=_WITHOUT_EFFECT),
    Setting(rule="patch-target-missing", object=_WEB, argocd=_WITHOUT_TARGET, flux=_WITHOUT_TARGET),
)
