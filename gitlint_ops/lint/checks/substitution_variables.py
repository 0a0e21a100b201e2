"""Which variables a Flux Kustomization lacks for an object, and which of them the cluster may define."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.render.model import SubstitutionError
from gitlint_ops.repo.model import Delivery, FluxBuild
from gitlint_ops.source.narrowing import mapping

MAX_VARIABLES = 50
"""Most variables that are named of one object."""
_UNSET = re.compile(r"variable not set \(strict mode\): \"([^\"]*)\"")


def undefined_variables(context: CheckContext, error: SubstitutionError, build: FluxBuild) -> list[str]:
    """Give every variable that an object needs and nothing defines, the one at which Flux stops first.

    Flux names one at a time; each is defined in turn, and its own substitution tried again.
    """
    found = [error.variable]
    while len(found) < MAX_VARIABLES:
        following = _first_undefined(context, error.object.data, {**build.variables, **dict.fromkeys(found, "x")})
        if not following or following in found:
            break
        found.append(following)
    return found


def _first_undefined(context: CheckContext, data: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    items = [{"value": dict(data), "params": dict(variables)}]
    try:
        answer = context.engine.call("template", engine="envsubst", strict=True, items=items)
    except EngineError:
        # The rendering has named one variable, which is reported; others cannot be found out.
        return ""
    match = _UNSET.search(str(answer["items"][0].get("error") or ""))
    return match[1] if match else ""


def may_be_defined_elsewhere(context: CheckContext, delivery: Delivery, build: FluxBuild) -> bool:
    """Whether a ConfigMap or Secret that ``substituteFrom`` names is not in Git: the cluster may have it."""
    if build.absent_sources:
        return True
    holders = context.once("substitution.holders", lambda: frozenset(_holders(context)))
    entries = mapping(build.spec, "postBuild").get("substituteFrom")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("optional") is True:
            kind, name = str(entry.get("kind")), str(entry.get("name"))
            if not holders & {(kind, delivery.namespace, name), (kind, "", name)}:
                return True
    return False


def _holders(context: CheckContext) -> Iterator[tuple[str, str, str]]:
    """Give kind, namespace and name of each ConfigMap and Secret in Git."""
    for item in context.of_kinds({"ConfigMap", "Secret"}):
        yield item.kind, item.namespace, item.name
    for document in context.tree.objects():
        if document.value["kind"] in ("ConfigMap", "Secret"):
            metadata = mapping(document.value, "metadata")
            yield document.value["kind"], str(metadata.get("namespace") or ""), str(metadata.get("name") or "")
