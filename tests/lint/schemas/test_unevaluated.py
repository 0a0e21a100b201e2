"""CEL rules of custom kinds are named, not silently left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gitlint_ops.lint.model import Skipped
from tests.lint.support import run

_CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.acme.example}
spec:
  group: acme.example
  names: {kind: Backup, plural: backups}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations: [{rule: self.size > 0}]
              properties: {size: {type: integer}}
"""
_BACKUP = "apiVersion: acme.example/v1\nkind: Backup\nmetadata: {name: a, namespace: b}\nspec: {size: 1}\n"


def test_a_kind_with_rules_is_named_once_where_it_is_used(write: Callable[[Mapping[str, str]], Path]) -> None:
    kustomization = "resources: [crd.yaml, a.yaml]\n"
    root = write({"app/kustomization.yaml": kustomization, "app/crd.yaml": _CRD, "app/a.yaml": _BACKUP})
    assert run(root).coverage.unchecked == (
        Skipped(
            "custom-kind",
            "app/crd.yaml",
            "the CEL rules of Backup (acme.example/v1) are not evaluated; its fields and their types are",
        ),
    )


def test_a_kind_that_nothing_uses_is_not_named(write: Callable[[Mapping[str, str]], Path]) -> None:
    root = write({"app/kustomization.yaml": "resources: [crd.yaml]\n", "app/crd.yaml": _CRD})
    assert run(root).coverage.unchecked == ()
