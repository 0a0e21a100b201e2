"""A step of the Action: checks the repository, shows the change, and writes annotations, summary and outputs.

In: the inputs of the Action as GITLINT_OPS_*, and what the runner sets. Nothing of it passes through a shell. Out, in
GITHUB_OUTPUT: ``errors``, ``warnings``, ``infos``, ``exit-code``, ``sarif-file``, ``html-file``, ``diff-file``;
comment, the file with the change as Markdown; and results=new where the program has worked out what the next run can
use. The step itself ends with 0, so that the upload comes before the verdict.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = (sys.executable, "-I", "-m", "gitlint_ops")
"""Isolated: with its folder on the module path, the repository that is checked could stand in for any module."""
_REVISION = re.compile(r"[0-9A-Za-z][\w./@{}^~+-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FAILED = 2


class InputError(Exception):
    """An input that cannot be used: what is wrong with it."""


def main(environment: Mapping[str, str]) -> int:
    """Run the check and give the step's exit code."""
    folder = Path(environment["RUNNER_TEMP"]) / "gitlint-ops" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"report.{name}" for name in ("json", "markdown", "github", "sarif", "html")}
    files |= {"change": folder / "change.markdown", "diff": folder / "change.html"}
    for file in files.values():
        file.unlink(missing_ok=True)
    kept = _kept(environment)
    try:
        code = _check(environment, files)
    except InputError as error:
        sys.stderr.write(f"gitlint-ops: {error}\n")
        code = _FAILED
    _annotate(environment, files["github"])
    _summarise(environment, files["markdown"], files["change"])
    _output(environment, files, code, new=_kept(environment) != kept)
    return 0


def _kept(environment: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """Give name, size and time of each file that the program keeps between runs."""
    folder = Path(environment.get("GITLINT_OPS_CACHE_DIR") or os.devnull)
    found = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(str(path), status.st_size, status.st_mtime_ns) for path, status in found]


def _check(environment: Mapping[str, str], files: Mapping[str, Path]) -> int:
    """Check once, and where only a change is judged, once more as a whole for the upload: it closes what it lacks."""
    base, paths = _base(environment), _lines(environment.get("GITLINT_OPS_PATH", "")) or ["."]
    arguments = _arguments(environment, base)
    new, whole = _outputs(files, "json", "markdown", "github"), _outputs(files, "sarif", "html")
    if not base:
        return _run("check", *arguments, *new, *whole, "--", *paths)
    code = _run("check", *arguments, f"--base={base}", *new, "--", *paths)
    if code < _FAILED:
        sys.stdout.write("\nEverything there is, for code scanning and the page:\n")
        everything = _run("check", *arguments, "--quiet", "--statistics", *whole, "--", *paths)
        # What there was before does not fail the job; that it could not be checked does.
        failed = [one for one in (everything, _diff(environment, base, paths[0], files)) if one >= _FAILED]
        code = max([code, *failed])
    return code


def _diff(environment: Mapping[str, str], base: str, path: str, files: Mapping[str, Path]) -> int:
    """Write what the change does to what is rendered: for the summary and the comment, and as a page."""
    sys.stdout.write("\nWhat the change does to what is rendered:\n")
    outputs = [f"--output=markdown={files['change']}", f"--output=html={files['diff']}"]
    return _run("diff", f"--base={base}", *_config(environment, base), *outputs, "--", path)


def _arguments(environment: Mapping[str, str], base: str) -> list[str]:
    """Give the command's arguments; what the inputs name stands behind ``=`` or ``--`` and is never an option."""
    arguments = [f"--fail-on={environment.get('GITLINT_OPS_FAIL_ON') or 'error'}"]
    arguments += _config(environment, base)
    return arguments + [f"--environment={name}" for name in _lines(environment.get("GITLINT_OPS_ENVIRONMENTS", ""))]


def _config(environment: Mapping[str, str], base: str) -> list[str]:
    """Give the options on the configuration: the file of the input, or that of the base. Raises InputError."""
    file, from_base = environment.get("GITLINT_OPS_CONFIG"), environment.get("GITLINT_OPS_CONFIG_FROM_BASE") == "true"
    if from_base and not base:
        raise InputError("the input 'config-from-base' needs a base: check pull requests out with fetch-depth: 0")
    return [*([f"--config={file}"] if file else []), *([f"--config-from={base}"] if from_base else [])]


def _outputs(files: Mapping[str, Path], *names: str) -> list[str]:
    return [f"--output={name}={files[name]}" for name in names]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _run(*arguments: str) -> int:
    sys.stdout.flush()
    return subprocess.run([*PROGRAM, *arguments], check=False).returncode


def _base(environment: Mapping[str, str]) -> str:
    """Give the revision to compare with, '' for none: the input, else that of the pull request or merge group.

    A shallow checkout lacks its history, which is then fetched. Raises InputError for an input that is no revision.
    """
    wanted = environment.get("GITLINT_OPS_BASE", "").strip()
    if wanted == "none":
        return ""
    if wanted and not _REVISION.fullmatch(wanted):
        raise InputError("the input 'base' is not a revision: name a branch, a tag or a commit, or 'none'")
    base = wanted or environment.get("GITLINT_OPS_EVENT_BASE", "").strip()
    if not base or _meets_head(base):
        return base
    _git("fetch", "--quiet", "--no-tags", "--unshallow", "origin", *([base] if _COMMIT.fullmatch(base) else []))
    if _meets_head(base):
        return base
    if wanted:
        raise InputError("the input 'base' is no revision of this checkout; check out with fetch-depth: 0")
    sys.stderr.write("gitlint-ops: the base of the change cannot be fetched, so everything is reported\n")
    return ""


def _meets_head(revision: str) -> bool:
    """Tell whether the history that is here reaches back to where the revision and HEAD part."""
    known = _git("rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    return known and _git("merge-base", "--", revision, "HEAD")


def _git(*arguments: str) -> bool:
    git = shutil.which("git") or "git"
    return subprocess.run([git, *arguments], check=False, stdout=subprocess.DEVNULL).returncode == 0


def _annotate(environment: Mapping[str, str], file: Path) -> None:
    """Hand the workflow commands to the runner as they are: the format has escaped all that they quote."""
    if environment.get("GITLINT_OPS_ANNOTATIONS") == "true" and file.is_file():
        sys.stdout.flush()
        sys.stdout.buffer.write(file.read_bytes())
        sys.stdout.buffer.flush()


def _summarise(environment: Mapping[str, str], findings: Path, change: Path) -> None:
    if environment.get("GITLINT_OPS_SUMMARY") != "true":
        return
    text = findings.read_bytes() if findings.is_file() else b"## gitlint-ops\n\nThe check could not run: see the log.\n"
    text += b"\n" + change.read_bytes() if change.is_file() else b""
    with Path(environment["GITHUB_STEP_SUMMARY"]).open("ab") as summary:
        summary.write(text)


def _output(environment: Mapping[str, str], files: Mapping[str, Path], code: int, *, new: bool) -> None:
    """Write the outputs: numbers, and paths of our own; never a text of the repository."""
    lines = [f"exit-code={code}", *(["results=new"] if new else [])]
    if files["json"].is_file():
        counts = json.loads(files["json"].read_bytes())["summary"]
        lines += [f"{severity}s={int(counts[severity])}" for severity in ("error", "warning", "info")]
    lines += [f"{name}-file={files[name]}" for name in ("sarif", "html", "diff") if files[name].is_file()]
    lines += [f"comment={files['change']}"] if files["change"].is_file() else []
    with Path(environment["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(os.environ))
