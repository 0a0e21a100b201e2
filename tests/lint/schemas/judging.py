"""Verdicts on single objects, for the tests of schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitlint_ops.config import Config
from gitlint_ops.lint.schemas import Verdicts
from gitlint_ops.lint.schemas.crds import CustomKinds
from gitlint_ops.lint.spares import Spares
from tests.lint.support import delivery, rendered


def verdict(
    data: dict[str, Any],
    config: Config | None = None,
    kinds: CustomKinds | None = None,
    spares: Spares | None = None,
    **owner: Any,
) -> Any:
    verdicts = Verdicts(config or Config(), Path(), kinds or CustomKinds(), spares=spares)
    return verdicts.of(rendered(data, delivery(**owner)))


def messages(data: dict[str, Any], **more: Any) -> list[str]:
    return [fault.message for fault in verdict(data, **more)]


def definition(schema: dict[str, Any], version: str = "v1", **spec: Any) -> dict[str, Any]:
    versions = [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]
    whole = {"group": "acme.example", "names": {"kind": "Backup"}, "versions": versions, **spec}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": whole}
