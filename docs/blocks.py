"""Runs the command blocks of the README and the guides, and writes their outputs anew.

A block of the language ``console`` is preceded by the fixture it runs in; each ``$`` line is run by bash in a fresh
copy of it, a Git repository whose one commit is ``main``, and followed by what it prints:

    <!-- fixture: base-overlays -->
    ```console
    $ gitlint-ops check --quiet --rule missing-file
    ```

Times in outputs are made equal. Comments that plant defects are taken out of the copies; line numbers stay.

    python docs/blocks.py [PAGE ...]    # without a page: all that have blocks
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(?P<head><!-- fixture: (?P<fixture>[\w-]+) -->\n```console\n)(?P<body>.*?)(?=^```$)", re.DOTALL | re.MULTILINE
)
WIDTH = 88
_PLANTED = re.compile(rb" *# planted: .*$", re.MULTILINE)
_TIME = re.compile(r"\bin \d+\.\d s\b")
_IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
_FINDINGS = 1
"""The highest exit code that an example may end with."""


class BlockError(Exception):
    """A command that an example shows does not work."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: the fixture it runs in, and its text, commands and outputs."""

    fixture: str
    body: str

    def refreshed(self) -> str:
        """Give the text with the outputs of today. Raises BlockError for a command that fails."""
        with tempfile.TemporaryDirectory(prefix="gitlint-ops-docs-") as folder:
            place = _copied(self.fixture, Path(folder))
            commands = re.findall(r"^\$ (.*)$", self.body, re.MULTILINE)
            return "".join(f"$ {command}\n{_output(command, place, Path(folder))}" for command in commands)


def pages() -> list[Path]:
    """Give the pages that people write."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [ROOT / "README.md", *(page for page in found if page.parent.name != "rules")]


def blocks(text: str) -> Iterator[Block]:
    """Give the blocks of a page's text that are run."""
    for found in BLOCK.finditer(text):
        yield Block(found["fixture"], found["body"])


def _copied(fixture: str, folder: Path) -> Path:
    """Copy a fixture into a Git repository below ``folder``."""
    place = folder / fixture
    shutil.copytree(ROOT / "fixtures" / fixture, place)
    for path in filter(Path.is_file, place.rglob("*")):
        path.write_bytes(_PLANTED.sub(b"", path.read_bytes()))
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "."], ["commit", "--quiet", "-m", "main"]):
        subprocess.run(["git", *_IDENTITY, *command], cwd=place, env=_environment(folder), check=True)
    return place


def _environment(folder: Path) -> dict[str, str]:
    """Give an environment without a home, a Git configuration or a CI, in which ``gitlint-ops`` is this checkout."""
    program = folder / "bin" / "gitlint-ops"
    if not program.exists():
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gitlint_ops "$@"\n')
        program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("TMPDIR", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        # So that the commit has the same name each time.
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "COLUMNS": str(WIDTH),
        "LC_ALL": "C.UTF-8",
    }


def _output(command: str, place: Path, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode > _FINDINGS:
        raise BlockError(f"'{command}' in {place.name} ended with {done.returncode}:\n{done.stdout}")
    printed = re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE).rstrip("\n")
    return _TIME.sub("in 0.4 s", printed + "\n" if printed else "")


def main() -> None:
    """Write the outputs of all blocks anew, or of those in the pages that are named."""
    for page in map(Path, sys.argv[1:]) if sys.argv[1:] else pages():
        text = page.read_text("utf-8")
        fresh = BLOCK.sub(lambda found: found["head"] + Block(found["fixture"], found["body"]).refreshed(), text)
        page.write_text(fresh, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
