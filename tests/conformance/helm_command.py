"""A ``helm`` for the official Kustomize to run: its arguments as Kustomize gives them, answered by the engine's Helm.

What is judged so is Kustomize's part of an inflation: which arguments and values it hands to Helm, and what it does
with the output. Helm itself is judged in ``test_helm.py``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from gitlint_ops.engine import EngineClient


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["template"])
    parser.add_argument("name_and_chart", nargs="+")
    parser.add_argument("--generate-name", action="store_true")
    parser.add_argument("--name-template", default="")
    parser.add_argument("--namespace", default="default")
    parser.add_argument("-f", dest="values", action="append", default=[])
    parser.add_argument("--api-versions", action="append", default=[])
    parser.add_argument("--kube-version", default="")
    for flag in ("--include-crds", "--skip-tests", "--no-hooks"):
        parser.add_argument(flag, action="store_true")
    return parser


def _request(given: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    chart = Path(given.name_and_chart[-1])
    files = {f"values-{number}.yaml": Path(name).read_text("utf-8") for number, name in enumerate(given.values)}
    return chart.parent, {
        "chart": chart.name,
        "release": _release(given),
        "namespace": given.namespace,
        "layers": [{"file": name} for name in files],
        "files": files,
        "api_versions": given.api_versions,
        "kube_version": given.kube_version,
        "include_crds": given.include_crds,
        "skip_tests": given.skip_tests,
        "hooks": not given.no_hooks,
    }


def _release(given: argparse.Namespace) -> str:
    """Name the release as ``helm template`` does (pkg/action/install.go, NameAndChart); a template without actions."""
    if not given.generate_name:
        if given.name_template:
            sys.exit("cannot set --name-template and also specify a name")
        return str(given.name_and_chart[0])
    return given.name_template or "release-name"


def main() -> None:
    """Print what helm prints for the arguments of this process."""
    if sys.argv[1:] == ["version", "--short"]:
        sys.stdout.write("v4.2.4\n")
        return
    root, request = _request(_parser().parse_args())
    with EngineClient(root) as engine:
        sys.stdout.write(engine.call("helm", **request, yaml=True)["yaml"])


def as_command(folder: Path) -> Path:
    """Write an executable file that runs this module, and give its path."""
    command = folder / "helm"
    search = [str(Path(__file__).parents[2]), *filter(None, sys.path)]
    command.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path[:0] = {search!r}\n"
        "from tests.conformance.helm_command import main\nmain()\n",
        "utf-8",
    )
    command.chmod(0o755)
    return command
