"""Generated edits of the fixtures: what is said to change is what two independent renderings differ in."""

from __future__ import annotations

import copy
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.render.compare import Changes, ObjectChange, open_both
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import open_tree
from tests.render.compare.edits import CHANGES, Edit, Files, edited, files_of
from tests.repositories import Repository

EXAMPLES = 400 if os.environ.get("GITLINT_OPS_EXHAUSTIVE") else 16
Key = tuple[str, str, str, str, str, int]
"""Delivery, API group, kind, namespace, name without a generated hash, and which of several such."""
Objects = Mapping[Key, Any]
_HASH = re.compile(r"-[0-9a-z]{10}$")
_GONE = object()


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(CHANGES)
def test_changes_are_those_of_two_independent_renderings(change: tuple[str, list[Edit], bool]) -> None:
    fixture, edits, undone = change
    before, after = files_of(fixture), edited(files_of(fixture), edits)
    if undone:
        before, after = after, before
    with ExitStack() as stack:
        changes = _compared(before, after, stack)
        _assert_true(changes, _rendered(_frozen(before)), _rendered(_frozen(after)))


def _compared(before: Files, after: Files, stack: ExitStack) -> Changes:
    root = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
    repository = Repository(root)
    repository.commit(before)
    repository.write(after)
    engine = stack.enter_context(EngineClient(root, workers=1))
    tree = open_tree(root, engine, Config())
    _, base = stack.enter_context(open_both(tree, engine, Config(), "HEAD"))
    return base.changes


def _frozen(files: Files) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(files.items()))


@lru_cache(maxsize=16)
def _rendered(files: tuple[tuple[str, str], ...]) -> Rendering:
    """Render a tree by itself, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        repository = Repository(Path(name).resolve())
        repository.write(dict(files))
        with EngineClient(repository.root, workers=1) as engine:
            return render_repository(open_tree(repository.root, engine, Config()), engine, Config())


def _assert_true(changes: Changes, before: Rendering, after: Rendering) -> None:
    now = {old: new for new, old in changes.pairs.items()}
    assert set(now) <= set(before.graph.deliveries)
    assert set(changes.pairs) <= set(after.graph.deliveries)
    assert all(now[name] == name for name in before.graph.deliveries if name in after.graph.deliveries)
    unknown = {now.get(gap.delivery.id, gap.delivery.id) for gap in changes.uncompared}
    missing = {now.get(name, name) for name in _incomplete(before)} | _incomplete(after)
    assert unknown <= missing
    # What is not compared is told as such; everything else is told in full.
    told = {_key(change, now): change for change in changes.objects}
    old = {key: data for key, data in _objects(before, now).items() if key[0] not in unknown}
    new = {key: data for key, data in _objects(after, {}).items() if key[0] not in unknown}
    differing = {key for key in old.keys() | new.keys() if _plain(old.get(key)) != _plain(new.get(key))}
    said = {key for key, change in told.items() if key[0] not in unknown and not _is_only_order(change)}
    assert said == differing
    for key in said:
        _assert_fields(told[key], old.get(key), new.get(key))


def _incomplete(rendering: Rendering) -> set[str]:
    return {delivery.id for delivery, _ in rendering.unrendered if delivery is not None}


def _objects(rendering: Rendering, now: Mapping[str, str]) -> dict[Key, Any]:
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[Key, Any] = {}
    for name in sorted(rendering.objects):
        for item in rendering.objects[name]:
            own = (
                now.get(name, name),
                _group(item.api_version),
                item.kind,
                item.namespace,
                _name(item.kind, item.name),
            )
            found[*own, seen[own]] = item.data
            seen[own] += 1
    return found


def _key(change: ObjectChange, now: Mapping[str, str]) -> Key:
    item, name = change.object, change.delivery.id
    delivery = now.get(name, name) if change.after is None else name
    return (delivery, _group(item.api_version), item.kind, item.namespace, _name(item.kind, item.name), 0)


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _name(kind: str, name: str) -> str:
    return _HASH.sub("", name) if kind in ("ConfigMap", "Secret") else name


def _is_only_order(change: ObjectChange) -> bool:
    return bool(change.fields) and all(field.order for field in change.fields)


def _assert_fields(change: ObjectChange, before: Any, after: Any) -> None:
    """Assert that the changed fields, set in the object as it was, make the object as it is; and each is needed."""
    assert _plain(change.before and change.before.data) == _plain(before)
    assert _plain(change.after and change.after.data) == _plain(after)
    if change.before is None or change.after is None:
        return
    patched = copy.deepcopy(before)
    patched["metadata"]["name"] = after["metadata"]["name"]
    for field in change.fields:
        assert field.order or _plain(field.before) != _plain(field.after)
        _set(patched, field.before_path, field.kind, field.path[-1], field.after)
    assert _plain(patched) == _plain(after)


def _set(data: Any, path: Sequence[str | int], kind: str, last: str | int, value: Any) -> None:
    holder = data
    for step in path if kind == "added" else path[:-1]:
        holder = holder[step]
    if kind != "added":
        holder[path[-1]] = _GONE if kind == "removed" else copy.deepcopy(value)
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(value))
    else:
        holder[last] = copy.deepcopy(value)


def _plain(value: Any) -> Any:
    """Give a value without what Kubernetes does not see: the order of lists, absent values."""
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items() if below is not _GONE and below is not None}
    if isinstance(value, list):
        return sorted((_plain(below) for below in value if below is not _GONE), key=_text)
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
