"""Kinds that no cluster serves: the group, the version or the kind of a known one, misspelt."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.schemas.builtin import ReleaseSchemas
from gitlint_ops.lint.schemas.fault import Fault

_CONTROLLERS = Path(__file__).parent / "data"
_PRODUCTS = {"argoproj.io": "Argo CD"}
_FLUX = "Flux"
_EXPERIMENTAL = ".x-k8s.io"
"""Groups of Kubernetes' own special interest groups: a letter from the built-in ones, and no slip."""
_GROUP_LIKENESS = 0.9
_KIND_LIKENESS = 0.85


def misspelt_kind(api_version: str, kind: str, schemas: ReleaseSchemas) -> Fault | None:
    """Give what is wrong with an apiVersion and kind that nothing defines, None where they may be a custom kind's.

    Sure are: a group without a dot, which no CustomResourceDefinition may have; a version or a kind that a controller's
    group has not; a group that is a letter or two from the one that serves the kind.
    """
    group = group_of(api_version)
    if group in _controller_kinds():
        return _of_controller(api_version, kind)
    served = (*schemas.replacements(api_version, kind), *_served_by_controllers(kind))
    meant = _nearest(group, [group_of(version) for version in served], _GROUP_LIKENESS)
    if meant and not group.endswith(_EXPERIMENTAL):
        use = next(version for version in served if group_of(version) == meant)
        return Fault(("apiVersion",), f"there is no group {group} with a kind {kind}; did you mean {use}?")
    if served and "." not in group:
        return Fault(
            ("apiVersion",),
            f"Kubernetes has no group {group}, and a custom kind's group holds a dot; {kind} is served as {served[0]}",
        )
    return None


def _of_controller(api_version: str, kind: str) -> Fault | None:
    """Judge a kind of a group of Argo CD or Flux, of which not this version is known."""
    group = group_of(api_version)
    kinds = _controller_kinds()[group]
    product = _PRODUCTS.get(group, _FLUX)
    if kind.lower() in kinds:
        best = _best(kinds[kind.lower()])
        return Fault(("apiVersion",), f"{product} has no {api_version} {kind}; use {best}")
    near = _nearest(kind.lower(), kinds, _KIND_LIKENESS)
    if not near:
        return None
    return Fault(("kind",), f"{product} has no kind {kind} in {group}; did you mean {_written(group, near)}?")


def _served_by_controllers(kind: str) -> tuple[str, ...]:
    return tuple(_best(kinds[kind.lower()]) for kinds in _controller_kinds().values() if kind.lower() in kinds)


@cache
def _controller_kinds() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Give the apiVersions of Argo CD's and Flux' kinds by group and lower-case kind, from our schema files' names."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted(_CONTROLLERS.glob("*/*.json")):
        kind, _, version = file.stem.partition("_")
        found[file.parent.name][kind].append(f"{file.parent.name}/{version}")
    return {group: {kind: tuple(every) for kind, every in kinds.items()} for group, kinds in found.items()}


def _best(api_versions: Iterable[str]) -> str:
    """Give the newest apiVersion, a stable one where there is one."""
    return max(api_versions, key=lambda version: ("alpha" not in version, "beta" not in version, version))


def _written(group: str, kind: str) -> str:
    """Give a kind as people write it: the first word of its schema's description."""
    version = _best(_controller_kinds()[group][kind]).rpartition("/")[2]
    schema = json.loads((_CONTROLLERS / group / f"{kind}_{version}.json").read_bytes())
    return str(schema["description"]).partition(" ")[0]


def _nearest(word: str, known: Iterable[str], likeness: float) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), 1, likeness)), "")
