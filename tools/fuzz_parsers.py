"""Fuzz one parser of the Python half, led by coverage (atheris, on Linux), or say that there is no atheris here.

From the checkout's top: ``python tools/fuzz_parsers.py NAME CORPUS [libFuzzer's options]``; without a name it lists
them. CORPUS is a folder that grows by what reaches new code. What a parser may raise, ``PARSERS`` of the tests knows.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))


def main(arguments: list[str]) -> int:
    """Fuzz until libFuzzer's options say stop; it ends the process itself, with an error where a parser fails."""
    if not arguments:
        from tests.security.test_parsers import PARSERS

        sys.stdout.write("\n".join(name.replace(" ", "-") for name in PARSERS) + "\n")
        return 0
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("atheris is not here (it has wheels for Linux only): hypothesis alone tries the parsers\n")
        return 0
    _fuzz(arguments[0].replace("-", " "), arguments[1:])
    return 0


def _fuzz(name: str, options: list[str]) -> None:
    import atheris

    atheris.enabled_hooks.add("str")
    with atheris.instrument_imports(include=["gitlint_ops"]):
        from tests.security.test_parsers import PARSERS

    parse = PARSERS[name]

    def one(data: bytes) -> None:
        parse(data.decode("utf-8", "replace"))

    Path(options[0]).mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
