"""What is wrong with a patch's target, found by a trial build in which the patch only marks what it meets."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PROBE = "gitlintOpsProbe"
_ALIKE = 0.6
_PLAIN = re.compile(r"[\w./-]+")


def marking(target: Mapping[str, Any]) -> dict[str, Any]:
    """Give the entry of ``patches`` that marks the objects of a target."""
    return {"target": dict(target), "patch": json.dumps([{"op": "add", "path": f"/{_PROBE}", "value": True}])}


def is_hit(answer: Mapping[str, Any]) -> bool:
    """Whether a build has a marked object."""
    return any(_PROBE in item for item in answer["objects"])


def is_named(target: Mapping[str, Any]) -> bool:
    """Whether a target names one object, so that it is meant to be there."""
    return bool(target.get("name")) and _PLAIN.fullmatch(str(target["name"])) is not None


def is_of_kind(target: Mapping[str, Any]) -> bool:
    """Whether a target means every object of a kind, so that what it is laid over need not have one."""
    return not any(target.get(key) for key in ("name", "namespace", "labelSelector", "annotationSelector"))


def missing_message(target: Mapping[str, Any], built: Sequence[Mapping[str, Any]]) -> str:
    """Say that no object of these builds is a patch's target, and what is there instead."""
    return (
        f"no object matches this patch's target ({_words(target)}), so Kustomize applies it to nothing and says "
        f"nothing{_hint(target, built)}"
    )


def metadata_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an object's metadata, empty where it has none."""
    found = item.get("metadata")
    return found if isinstance(found, Mapping) else {}


def _words(target: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in target.items() if value)


def _hint(target: Mapping[str, Any], built: Sequence[Mapping[str, Any]]) -> str:
    """Say what is there of the kind: a name spelt alike, else the names; or the kind of the name."""
    objects = [item for answer in built for item in answer["objects"]]
    kind, name = str(target.get("kind") or ""), str(target.get("name") or "")
    names = sorted({str(metadata_of(item).get("name")) for item in objects if item.get("kind") == kind})
    close = difflib.get_close_matches(name, names, 1, _ALIKE) if name else []
    if close and close[0] != name:
        return f"; did you mean '{close[0]}'?"
    kinds = sorted({str(item.get("kind")) for item in objects if metadata_of(item).get("name") == name})
    if kinds and kind not in kinds:
        return f"; '{name}' is a {' and a '.join(kinds)} here"
    if name in names:
        return _same_name_hint(
            target, [i for i in objects if i.get("kind") == kind and metadata_of(i).get("name") == name]
        )
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"; of that kind there is {shown}" if names else ""


def _same_name_hint(target: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> str:
    """Say why an object of that kind and name in the output is not the target: its API, or what it gets later."""
    fits = [item for item in objects if fits_api(target, str(item.get("apiVersion")))]
    if not fits:
        return f"; its apiVersion is {', '.join(sorted({str(item.get('apiVersion')) for item in objects}))} here"
    namespaces = {str(metadata_of(item).get("namespace") or "") for item in fits}
    if target.get("namespace") and str(target["namespace"]) not in namespaces:
        return f"; its namespace is {', '.join(sorted(namespaces)) or 'not set'} here"
    return "; it has that name or namespace only after the patches, so write them as the base does"


def fits_api(target: Mapping[str, Any], api: str) -> bool:
    """Whether a target's group and version, where it has them, are those of an apiVersion."""
    group, _, version = api.rpartition("/")
    return target.get("group") in (None, "", group) and target.get("version") in (None, "", version)
