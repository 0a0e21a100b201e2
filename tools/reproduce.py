"""Build the engine twice, from two folders of different names, and compare the bytes. Run from the checkout's top."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from hatch_build import _compile, _find_go


def main() -> int:
    """Print the digest of both builds; the exit code is 1 where they differ."""
    digests = set()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one", "another/place"):
            source = Path(folder) / name / "engine"
            shutil.copytree("engine", source)
            go, environment = _find_go(source)
            # A cache of its own: what is compared is compiled, not remembered.
            environment |= {"GOCACHE": str(Path(folder) / name / "cache")}
            _compile(go, source, source / "built", environment)
            digests.add(hashlib.sha256((source / "built").read_bytes()).hexdigest())
    sys.stdout.write("\n".join(sorted(digests)) + "\n")
    return len(digests) - 1


if __name__ == "__main__":
    raise SystemExit(main())
