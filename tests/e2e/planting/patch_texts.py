"""A field of an object, as patches and replacements name it."""

from __future__ import annotations

from typing import Any

import yaml

from tests.e2e.planting.fault import MARK, SLOT, Field, Step


def merge_patch(fault: Field) -> str:
    """Give the smallest strategic merge patch that sets the field to its bad value, marked."""
    whole = yaml.safe_load(fault.good_object)
    patch: dict[str, Any] = {key: whole[key] for key in ("apiVersion", "kind")}
    patch["metadata"] = {key: whole["metadata"][key] for key in ("name", "namespace") if key in whole["metadata"]}
    _set(patch, fault.field)
    return str(yaml.safe_dump(patch, sort_keys=False)).replace(SLOT, fault.bad + MARK)


def _set(patch: dict[str, Any], field: tuple[Step, ...]) -> None:
    place: Any = patch
    for at, step in enumerate(field):
        last = at == len(field) - 1
        if isinstance(step, int):
            place.append(SLOT)
        elif isinstance(step, tuple):
            place.append({step[0]: step[1]})
            place = place[0]
        elif last:
            place[step] = SLOT
        else:
            place = place.setdefault(step, {} if isinstance(field[at + 1], str) else [])


def operation(fault: Field) -> str:
    """Give a JSON 6902 patch that replaces the field by its bad value, marked."""
    return f"- op: replace\n  path: {_pointer(fault)}\n  value: {fault.bad}{MARK}\n"


def _pointer(fault: Field) -> str:
    """Give the field as a JSON pointer into the object."""
    place, steps = yaml.safe_load(fault.good_object), []
    for step in fault.field:
        if isinstance(step, tuple):
            at: int | str = next(at for at, item in enumerate(place) if item[step[0]] == step[1])
        else:
            at = step
        steps.append(str(at).replace("~", "~0").replace("/", "~1"))
        place = place[at]
    return "/" + "/".join(steps)


def field_path(fault: Field) -> str:
    """Give the field as replacements name it."""
    return ".".join(_path_step(step) for step in fault.field)


def _path_step(step: Step) -> str:
    if isinstance(step, tuple):
        return f"[{step[0]}={step[1]}]"
    return f"[{step}]" if "." in str(step) else str(step)
