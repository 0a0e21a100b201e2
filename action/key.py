"""A step of the Action: names the wheel of this checkout, so that it is built once. Needs Python alone.

In: RUNNER_TEMP, RUNNER_OS, RUNNER_ARCH. Out, in GITHUB_OUTPUT: ``key``, of the cache, ``folder``, of the wheel, and
``results``, the folder of what the program keeps between runs.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("engine", "gitlint_ops", "rules", "hatch_build.py", "pyproject.toml", "constraints-dev.txt")
"""All that goes into the wheel, or into what is installed with it."""
_MADE = frozenset({"_engine", "__pycache__"})


def digest(root: Path) -> str:
    """Give a digest of the names and contents of the sources below ``root``."""
    found = hashlib.sha256()
    for path in sorted(_files(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return found.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = root / name
        candidates = source.rglob("*") if source.is_dir() else [source]
        yield from (path for path in candidates if path.is_file() and not _MADE.intersection(path.parts))


def main() -> None:
    """Write the outputs of the step."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform = f"{os.environ['RUNNER_OS']}-{os.environ['RUNNER_ARCH']}"
    key = f"gitlint-ops-{platform}-{version}-{digest(Path(__file__).resolve().parent.parent)}"
    folder = Path(os.environ["RUNNER_TEMP"]) / "gitlint-ops"
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"key={key}\nfolder={folder / 'wheels'}\nresults={folder / 'results'}\n")


if __name__ == "__main__":
    main()
