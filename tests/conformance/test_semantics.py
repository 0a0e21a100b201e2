"""The controllers' rendering semantics, case by case: ``semantics/*.yaml``, whose README says what a case holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint.origins.fields import paths_of, read_field
from gitlint_ops.render import render_repository
from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.source import open_tree
from tests.conformance.conftest import official_kustomize

TABLE = Path(__file__).parent / "semantics"
URL = "https://git.example.com/repo.git"
IDS = {
    "application": "argocd:Application/argocd/web",
    "kustomization": "flux:Kustomization/flux-system/web",
    "helmrelease": "flux:HelmRelease/flux-system/web",
    "fluxinstance": "flux:FluxInstance/flux-system/web",
}
REPOSITORY = {"interval": "1m", "url": URL, "ref": {"branch": "main"}}


@dataclass(frozen=True)
class Case:
    """One case, the section it is of, and the source that it cites."""

    section: str
    says: str
    source: str
    data: Mapping[str, Any]


def cases() -> Iterator[Case]:
    """Give every case of the table."""
    for path in sorted(TABLE.glob("*.yaml")):
        section = yaml.safe_load(path.read_text("utf-8"))
        for entry in section["cases"]:
            yield Case(section["section"], entry["says"], entry.get("source", section["source"]), entry)


CASES = tuple(cases())


def small(kind: str, name: str) -> str:
    """Give the smallest object of a kind; a Deployment runs ``app:1.0``, three times."""
    if kind == "Deployment":
        return (
            f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: 3\n"
            "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
            "    spec: {containers: [{name: app, image: 'app:1.0'}]}\n"
        )
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"


def text_of(content: Any) -> str:
    """Give a file's text: as it is, a value as YAML, or ``Kind name`` for a small object."""
    if not isinstance(content, str):
        return str(yaml.safe_dump(content, sort_keys=False))
    brief = re.fullmatch(r"([A-Z]\w+) ([a-z0-9.-]+)", content)
    return small(brief[1], brief[2]) if brief else content


def documents(case: Case) -> Iterator[Mapping[str, Any]]:
    """Give the objects that apply a case's files."""
    if "application" in case.data:
        yield _argo("Application", "web", _application_spec(case.data["application"]))
    if "applicationset" in case.data:
        yield _argo("ApplicationSet", "web", _set_spec(case.data["applicationset"]))
    if "kustomization" in case.data or "helmrelease" in case.data:
        spec = REPOSITORY | case.data.get("repository", {})
        yield _flux("source.toolkit.fluxcd.io/v1", "GitRepository", "repository", spec)
    reference = {"kind": "GitRepository", "name": "repository"}
    if "kustomization" in case.data:
        spec = {"interval": "5m", "prune": True, "sourceRef": reference, **case.data["kustomization"]}
        yield _flux("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "web", spec)
    if "helmrelease" in case.data:
        yield _flux("helm.toolkit.fluxcd.io/v2", "HelmRelease", "web", {"interval": "5m", **case.data["helmrelease"]})
    if "fluxinstance" in case.data:
        spec = case.data["fluxinstance"]
        sync = {"url": URL, "ref": "refs/heads/main", **spec["sync"]}
        yield _flux("fluxcd.controlplane.io/v1", "FluxInstance", "web", {**spec, "sync": sync})


def _argo(kind: str, name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": "argocd"}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def _flux(api_version: str, kind: str, name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": "flux-system"}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def _application_spec(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Complete an Application's spec: a source without a repoURL is of this repository."""
    whole = {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": ""}, **spec}
    for key in ("source", "sources"):
        if key in whole:
            one = isinstance(whole[key], dict)
            items = [whole[key]] if one else whole[key]
            listed = [{"repoURL": URL, "targetRevision": "main", **item} for item in items]
            whole[key] = listed[0] if one else listed
    if "sourceHydrator" in whole:
        hydrator = whole["sourceHydrator"]
        whole["sourceHydrator"] = hydrator | {"drySource": {"repoURL": URL, **hydrator["drySource"]}}
    return whole


def _set_spec(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Complete an ApplicationSet's spec: its git generators and its template are of this repository."""
    template = spec["template"]
    generators = [_generator(item) for item in spec["generators"]]
    return {**spec, "generators": generators, "template": template | {"spec": _template_spec(template["spec"])}}


def _template_spec(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    source = {"repoURL": URL, "path": "apps", "targetRevision": "main", **spec.get("source", {})}
    destination = spec.get("destination", {})
    where = destination if "server" in destination else {"name": "in-cluster", **destination}
    return {"project": "default", **spec, "source": source, "destination": where}


def _generator(item: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dict(item)
    if "git" in found:
        found["git"] = {"repoURL": URL, "revision": "main", **found["git"]}
    for kind in ("matrix", "merge"):
        if kind in found:
            found[kind] = found[kind] | {"generators": [_generator(child) for child in found[kind]["generators"]]}
    return found


def write(root: Path, case: Case) -> None:
    """Write a case's repository."""
    files = {path: text_of(content) for path, content in case.data["files"].items()}
    files[".gitlint-ops.yaml"] = f"repository: {{urls: [{URL}]}}\n"
    files["controller.yaml"] = "---\n".join(yaml.safe_dump(item, sort_keys=False) for item in documents(case))
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


def render(root: Path) -> Rendering:
    """Render a repository."""
    config = load_config(root)
    with EngineClient(root, workers=1) as engine:
        return render_repository(open_tree(root, engine, config), engine, config)


def field(value: Any, text: str) -> Any:
    """Give the value of a field as people write it; None where it is not there, or empty."""
    steps = read_field(text)
    assert steps is not None, text
    paths = paths_of(value, steps)
    return value_at(value, paths[0]) if paths else None


def label(item: RenderedObject, form: str) -> str:
    """Give an object's label in the form of another: with a namespace where that has two slashes."""
    return f"{item.kind}/{item.namespace}/{item.name}" if form.count("/") == 2 else f"{item.kind}/{item.name}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.section}: {case.says}")
def test_case(case: Case, tmp_path: Path) -> None:
    write(tmp_path, case)
    rendering = render(tmp_path)
    for key, check in CHECKS.items():
        if key in case.data:
            check(case, rendering)
    if case.data.get("judge") == "kustomize":
        judged_by_kustomize(case, rendering, tmp_path)


def delivery_of(case: Case) -> str:
    """Give the id of the delivery that a case is about."""
    return next(name for key, name in IDS.items() if key in case.data)


def gives(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``gives`` against what its delivery renders."""
    name, expected = delivery_of(case), case.data["gives"]
    assert reasons(case, rendering) == []
    form = next(iter(expected), "")
    found = {label(item, form): item for item in rendering.objects[name]}
    assert sorted(found) == sorted(expected)
    for key, fields in expected.items():
        data = found[key].data
        assert {text: field(data, text) for text in fields} == fields


def reasons(case: Case, rendering: Rendering) -> list[str]:
    """Give why a case's delivery was not rendered."""
    name = delivery_of(case)
    found = [item for delivery, item in rendering.unrendered if delivery is not None and delivery.id == name]
    return [f"{item.reason} {item.error_path} {item.path}" for item in found]


def refuses(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``refuses`` against the reasons of what was not rendered."""
    found = reasons(case, rendering)
    assert any(case.data["refuses"] in reason for reason in found), found
    assert not rendering.objects.get(delivery_of(case))


def names(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``names`` against the reasons of what lacks something, and is rendered without it."""
    assert any(case.data["names"] in reason for reason in reasons(case, rendering))
    assert rendering.objects[delivery_of(case)]


def applications(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``applications`` against what its ApplicationSet generates."""
    expected = case.data["applications"]
    found = {item.name: item for item in rendering.graph.deliveries.values() if item.generator}
    generator = next(iter(rendering.graph.generators.values()))
    assert sorted(found) == sorted(expected), generator.unanswered
    assert bool(generator.unanswered) == (not expected)
    for name, fields in expected.items():
        assert {text: field(found[name].object, text) for text in fields} == fields


def deliveries(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``deliveries`` against their attributes."""
    for name, attributes in case.data["deliveries"].items():
        found: Any = rendering.graph.deliveries[name]
        for dotted, expected in attributes.items():
            value = found
            for step in dotted.split("."):
                value = getattr(value, step)
            assert (dotted, value) == (dotted, expected)


def substitution(case: Case, rendering: Rendering) -> None:
    """Hold a case's ``substitution`` against what the errors of Flux's substitution say."""
    found = [error for error in rendering.substitution_errors if error.object.delivery.id == delivery_of(case)]
    for error, expected in zip(found, case.data["substitution"], strict=True):
        assert expected in (error.variable or error.message)


CHECKS = {
    "gives": gives,
    "refuses": refuses,
    "names": names,
    "applications": applications,
    "deliveries": deliveries,
    "substitution": substitution,
}


def judged_by_kustomize(case: Case, rendering: Rendering, root: Path) -> None:
    """Hold a case against the official build of the same folder: it refuses too, or gives the same objects."""
    official = official_kustomize(root / case.data["application"]["source"]["path"])
    if official.text is None:
        assert "refuses" in case.data
        return
    assert [item.data for item in rendering.objects[delivery_of(case)]] == list(yaml.safe_load_all(official.text))


def test_every_case_expects_something() -> None:
    assert [case.says for case in CASES if not CHECKS.keys() & case.data.keys()] == []
    assert len({(case.section, case.says) for case in CASES}) == len(CASES)
