"""Generated edits: what is said to change is what two independent renderings of both trees differ in."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository, render_unit
from gitlint_ops.render.answers import Answers
from gitlint_ops.render.compare import Changes, FieldChange, open_base
from gitlint_ops.source import open_tree
from tests.repositories import Repository

OVERLAYS = ("dev", "prod")
Leaves = set[tuple[str, str, str, str]]
"""Overlay, object, field and its value."""

_settings = st.fixed_dictionaries(
    {
        "replicas": st.integers(1, 3),
        "image": st.sampled_from(["web:1", "web:2"]),
        "env": st.dictionaries(st.sampled_from("ABC"), st.sampled_from(["x", "y"]), max_size=3),
        "config": st.dictionaries(st.sampled_from("kmn"), st.sampled_from(["1", "2"]), max_size=3),
        "label": st.sampled_from(["", "shop"]),
        "patched": st.sets(st.sampled_from(OVERLAYS)),
        "service": st.booleans(),
    }
)


def _files(wanted: Mapping[str, Any]) -> dict[str, str]:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"team": wanted["label"]} if wanted["label"] else {"app": "web"}},
        "spec": {
            "replicas": wanted["replicas"],
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "image": wanted["image"],
                            "env": [{"name": name, "value": value} for name, value in wanted["env"].items()],
                        }
                    ]
                },
            },
        },
    }
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}}}
    literals = [f"{key}={value}" for key, value in wanted["config"].items()] or ["z=0"]
    base = {
        "resources": ["deployment.yaml", *(["service.yaml"] if wanted["service"] else [])],
        "configMapGenerator": [{"name": "settings", "literals": literals, "options": {"disableNameSuffixHash": True}}],
    }
    files: dict[str, Any] = {"base/kustomization.yaml": base, "base/deployment.yaml": deployment}
    files |= {"base/service.yaml": service} if wanted["service"] else {}
    for overlay in OVERLAYS:
        own: dict[str, Any] = {"resources": ["../../base"]}
        own |= {"replicas": [{"name": "web", "count": 9}]} if overlay in wanted["patched"] else {}
        files[f"overlays/{overlay}/kustomization.yaml"] = own
    return {name: yaml.safe_dump(data, sort_keys=False) for name, data in files.items()}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=_settings, after=_settings)
def test_changes_are_those_of_two_independent_renderings(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        repository = Repository(Path(name).resolve() / "repo")
        gone, come = _files(before), _files(after)
        repository.commit(gone)
        repository.write(come)
        old, new = _rendered(Path(name).resolve() / "old", gone), _rendered(Path(name).resolve() / "new", come)
        with EngineClient(repository.root, workers=1) as engine:
            tree = open_tree(repository.root, engine, Config())
            answers = Answers()
            head = render_repository(tree, engine, Config(), answers)
            with open_base(tree, head, engine, Config(), "HEAD", answers) as base:
                assert _told(base.changes) == (old - new, new - old)


def _rendered(root: Path, files: Mapping[str, str]) -> Leaves:
    """Render each overlay by itself and flatten its objects."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    found: Leaves = set()
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, Config())
        for overlay in OVERLAYS:
            for data in yaml.safe_load_all(render_unit(engine, f"overlays/{overlay}", tree)):
                found |= {(overlay, data["kind"], field, value) for field, value in _leaves(data, "")}
    return found


def _leaves(value: Any, field: str) -> set[tuple[str, str]]:
    if isinstance(value, dict):
        below = [_leaves(item, f"{field}.{key}" if field else key) for key, item in value.items()]
    elif isinstance(value, list):
        below = [_leaves(item, f"{field}[{item['name']}]") for item in value]
    else:
        return {(field, repr(value))}
    return set().union(*below)


def _told(changes: Changes) -> tuple[Leaves, Leaves]:
    gone: Leaves = set()
    come: Leaves = set()
    for change in changes.objects:
        place = (change.environment, change.object.kind)
        fields = change.fields or (FieldChange("changed", (), ()),)
        for field in fields:
            old = field.before if change.fields else change.before and change.before.data
            new = field.after if change.fields else change.after and change.after.data
            gone |= {(*place, *leaf) for leaf in _leaves(old, field.shown)} if old is not None else set()
            come |= {(*place, *leaf) for leaf in _leaves(new, field.shown)} if new is not None else set()
    return gone, come
