"""Writes action/released.txt: the wheels of a release and all that they need, each with its digests, for the Action.

    python tools/released.py dist            # write it; the release group has uv, which asks the index for the digests
    python tools/released.py --check dist    # say whether the wheels in dist are those that it lists

It belongs to the commit of a release's tag and to no other: where the Action finds it, it installs the released wheel.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RELEASED = ROOT / "action" / "released.txt"
_COMPILE = ("-m", "uv", "pip", "compile", "--universal", "--generate-hashes")
_BARE = ("--quiet", "--no-annotate", "--no-header")


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or check the wheels against it; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path, help="the folder of the wheels")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args(arguments)
    entry = released(options.dist)
    if not options.check:
        RELEASED.write_text(entry + requirements(), "utf-8", newline="\n")
        return 0
    if RELEASED.is_file() and RELEASED.read_text("utf-8").startswith(entry):
        return 0
    sys.stderr.write(f"the wheels in {options.dist} are not those of {RELEASED}; they are:\n{entry}")
    return 1


def released(dist: Path) -> str:
    """Give the entry of this version with the digest of each of its wheels. Raises FileNotFoundError for no wheel."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    wheels = sorted(dist.glob(f"gitlint_ops-{version}-*.whl"))
    if not wheels:
        raise FileNotFoundError(f"there is no wheel of gitlint-ops {version} in {dist}")
    digests = [f"--hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" for wheel in wheels]
    return " \\\n    ".join([f"gitlint-ops=={version}", *digests]) + "\n"


def requirements() -> str:
    """Give what gitlint-ops needs on any platform, as pinned for development, with the digests of the index."""
    sources = [str(ROOT / "pyproject.toml"), "--constraint", str(ROOT / "constraints-dev.txt"), "--python-version=3.11"]
    return subprocess.run(
        [sys.executable, *_COMPILE, *_BARE, *sources], check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
