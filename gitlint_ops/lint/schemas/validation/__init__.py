"""What the API server refuses although the schema allows it, where one object alone shows it.

In: an object of a kind that has a schema. Out: its faults, each at the value that is wrong. Only what every release
refuses is here; a text that a later tool replaces (a variable, cipher text) is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation.kinds import kind_faults
from gitlint_ops.lint.schemas.validation.metadata import metadata_faults
from gitlint_ops.lint.schemas.validation.pods import pod_faults

__all__ = ["faults_beyond_schema"]


def faults_beyond_schema(data: Mapping[str, Any], api_version: str, kind: str, *, built_in: bool) -> Iterator[Fault]:
    """Give what the API server refuses beyond the schema; ``built_in`` says that the kind is Kubernetes' own."""
    if "sops" in data:
        return
    yield from metadata_faults(data, kind, built_in=built_in)
    if built_in:
        yield from pod_faults(data, kind)
        yield from kind_faults(data, group_of(api_version), kind)
