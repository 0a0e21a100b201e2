"""Real Git repositories in temporary folders, with an identity of their own and no configuration of the machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

LINK = "-> "


class Repository:
    """A Git repository below ``root``, made when it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        if not (root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        """Run git here and give what it prints."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=os.environ | _IDENTITY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files (path to text) into the work tree; a text that begins with LINK is a symbolic link's."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith(LINK):
                path.unlink(missing_ok=True)
                path.symlink_to(text.removeprefix(LINK).strip())
            else:
                path.write_text(text, "utf-8", newline="")

    def commit(self, files: Mapping[str, str]) -> str:
        """Commit exactly these files, and leave the work tree empty of them; give the commit."""
        self.write(files)
        self.git("add", "--all", "--force", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        for name in files:
            (self.root / name).unlink()
        return self.git("rev-parse", "HEAD")

    def branch_if_new(self, name: str) -> None:
        """Let a branch of this name begin here, unless there is one."""
        if not self.git("branch", "--list", name):
            self.git("branch", name)
