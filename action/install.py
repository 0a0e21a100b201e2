"""A step of the Action: installs this checkout into a virtual environment of its own. Needs Python alone.

In: RUNNER_TEMP; GITLINT_OPS_WHEELS, the folder of the wheel, which is built where the cache had none. Out, in
GITHUB_OUTPUT: ``python``, the interpreter of the environment. A release lists its wheels with their digests in
``action/released.txt``; where that file is there, nothing is built.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "action" / "released.txt"
CONSTRAINTS = ROOT / "constraints-dev.txt"


def install(wheels: Path, environment: Path) -> Path:
    """Give the interpreter of ``environment``, in which the wheel and its pinned dependencies are installed."""
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.is_file():
        _run(sys.executable, "-I", "-m", "venv", str(environment))
    if RELEASED.is_file():
        _pip(python, "install", "--require-hashes", "--only-binary", ":all:", "--requirement", str(RELEASED))
        return python
    if not list(wheels.glob("gitlint_ops-*.whl")):
        sys.stdout.write("Compiling the engine: some minutes, once for each version.\n")
        sys.stdout.flush()
        _pip(python, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("gitlint_ops-*.whl")
    _pip(python, "install", "--force-reinstall", "--constraint", str(CONSTRAINTS), str(wheel))
    return python


def _pip(python: Path, *arguments: str) -> None:
    """Run pip isolated: neither the repository that is checked nor its pip.conf has a say."""
    _run(str(python), "-I", "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet", *arguments)


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    """Write the output of the step."""
    temporary = Path(os.environ["RUNNER_TEMP"])
    python = install(Path(os.environ["GITLINT_OPS_WHEELS"]), temporary / "gitlint-ops" / "venv")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"python={python}\n")


if __name__ == "__main__":
    main()
