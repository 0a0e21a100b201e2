"""Since which release each API is deprecated or removed, and what replaces it (data/lifecycle.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gitlint_ops.lint.schemas.versions import Release

_FILE = Path(__file__).parent / "data" / "lifecycle.json"
_VERSION = re.compile(r"^v?(\d{1,9})\.(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The fate of one kind in one apiVersion.

    ``deprecated`` and ``removed`` are Kubernetes releases, None where there is none. ``replacement`` is the apiVersion
    to use, with the kind where that differs (``discovery.k8s.io/v1 EndpointSlice``), '' for none. ``product`` is
    '' for Kubernetes' own kinds; ``dropped`` says that the newest release of the product does not serve it.
    """

    api_version: str
    kind: str
    deprecated: Release | None = None
    removed: Release | None = None
    replacement: str = ""
    product: str = ""
    dropped: bool = False


def release_of(version: str) -> Release | None:
    """Give the release that a version such as ``1.29`` or ``v1.29.3-gke`` belongs to, None for what is no version."""
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else None


def text_of(release: Release) -> str:
    """Give a release as people write it: ``1.33``."""
    return f"{release[0]}.{release[1]}"


def lifecycle_of(api_version: str, kind: str) -> Lifecycle | None:
    """Give the fate of a kind in an apiVersion; None where it is neither deprecated nor removed."""
    return _table().get((api_version, kind))


@cache
def _table() -> Mapping[tuple[str, str], Lifecycle]:
    entries: list[dict[str, str]] = json.loads(_FILE.read_bytes())["apis"]
    return {(entry["api_version"], entry["kind"]): _lifecycle(entry) for entry in entries}


def _lifecycle(entry: Mapping[str, str]) -> Lifecycle:
    replacement = entry.get("replacement", "").removesuffix(f" {entry['kind']}")
    return Lifecycle(
        entry["api_version"],
        entry["kind"],
        release_of(entry.get("deprecated", "")),
        release_of(entry.get("removed", "")),
        replacement,
        entry.get("by", ""),
        entry.get("dropped") == "true",
    )
