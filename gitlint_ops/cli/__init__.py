"""The command line: one thin module a command. In: arguments. Out: text on stdout or in a file, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main", "version_text"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with ``argv`` (default: the process's arguments) and give its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if "--version" in arguments and {"--version", "--verbose"}.issuperset(arguments):
        # The one answer that needs no command: it does not wait for the import of the command line library.
        sys.stdout.write(version_text() + "\n" + (confinement_text() + "\n" if "--verbose" in arguments else ""))
        return 0
    from gitlint_ops.cli.signals import ended_by_signals

    with ended_by_signals():
        from gitlint_ops.cli.boundary import run_guarded
        from gitlint_ops.cli.group import cli

        return run_guarded(lambda: cli.main(args=arguments, prog_name="gitlint-ops", standalone_mode=False))


def version_text() -> str:
    """Give the versions of the program, its engine, Kustomize and Helm, one a line; starts no process."""
    from gitlint_ops import __version__
    from gitlint_ops.engine import EngineUnavailableError, engine_versions

    lines = [f"gitlint-ops {__version__}"]
    try:
        versions = engine_versions()
    except EngineUnavailableError as error:
        return "\n".join([*lines, str(error)])
    lines.append(f"engine {versions.get('engine', 'unknown')} ({versions.get('go', 'unknown Go')})")
    lines += [f"{name} {versions.get(key, 'unknown')}" for name, key in (("Kustomize", "kustomize"), ("Helm", "helm"))]
    return "\n".join(lines)


def confinement_text() -> str:
    """Say what the kernel of this machine holds the engine to."""
    from gitlint_ops.engine import EngineUnavailableError, engine_confinement

    try:
        made = engine_confinement()
    except EngineUnavailableError as error:
        return f"confinement unknown: {error}"
    landlock = f"Landlock {made.get('landlock')} (reads below the root only, writes nothing, starts no program)"
    parts = {
        "no_new_privileges": "no new privileges",
        "landlock": landlock,
        "seccomp": "seccomp (opens no socket, starts no program)",
    }
    active = [text for key, text in parts.items() if made.get(key)]
    lacking = f"; lacking: {made['lacking']}" if made.get("lacking") else ""
    return f"confinement {', '.join(active) or 'none'}{lacking}"
