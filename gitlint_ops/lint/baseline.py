"""The baseline: findings that were there when it was recorded, so that only new ones fail.

A finding is known by its fingerprint. Where a file was renamed, it is known by its rule and its place in the file, as
often as the old file's findings were recorded; a path that is still there was not renamed. A finding that became
heavier than it was recorded (it reached production, say) is new. Nothing of a value, a message or a line is recorded.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gitlint_ops.lint.errors import BaselineError
from gitlint_ops.lint.model import SEVERITIES, Baseline, Entry, Finding, Match, Severity, Suppression

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.source import SourceTree

BASELINE_NAME = ".gitlint-ops-baseline.json"
SCHEMA_VERSION = 1
MAX_BYTES = 32 * 1024 * 1024
MAX_TEXT = 4096
"""A longer path or place is none that was recorded, in characters."""
OWN_CATEGORY = "hygiene"
"""Findings about suppressions and the baseline itself are never recorded."""
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def read_baseline(file: Path, shown: str, *, within: Path | None = None) -> Baseline | None:
    """Read a baseline file, None where there is none; ``shown`` is how errors and findings name it.

    ``within`` is the folder that the file may not lie outside of, by a symlink or by its name. Raises BaselineError.
    """
    if within is not None and not file.resolve().is_relative_to(within.resolve()):
        raise BaselineError(f"the baseline '{shown}' lies outside of the repository")
    if not file.exists():
        return None
    text = _text(file, shown)
    data = _parsed(text, shown)
    entries = tuple(sorted({_entry(item, at, shown) for at, item in enumerate(data["findings"])}))
    return Baseline(shown, entries, _lines(text))


def baseline_of(tree: SourceTree, config: Config) -> Baseline | None:
    """Read the repository's own baseline, where it has one. Raises BaselineError."""
    name = config.baseline or BASELINE_NAME
    home = config.home(tree.root)
    return read_baseline(home / name, name, within=home)


def _text(file: Path, shown: str) -> str:
    try:
        if not file.is_file():
            raise BaselineError(f"the baseline '{shown}' is not a file")
        if file.stat().st_size > MAX_BYTES:
            raise BaselineError(f"the baseline '{shown}' is over {MAX_BYTES // 2**20} MiB")
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BaselineError(f"the baseline '{shown}' cannot be read: {reason}") from error


def _parsed(text: str, shown: str) -> Mapping[str, Any]:
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise BaselineError(f"{shown}:{line}: a merge conflict; keep the lines of both sides")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"{shown}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else shown
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read as JSON"
        raise BaselineError(f"{place}: not a baseline: {reason}") from error
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{shown}: not a baseline: it has no list of findings")
    if data.get("schema_version") != SCHEMA_VERSION:
        raise BaselineError(f"{shown}: schema_version is not {SCHEMA_VERSION}; another gitlint-ops wrote it")
    return data


def _entry(item: Any, at: int, shown: str) -> Entry:
    """Read one recorded finding; keys that this version does not know are passed over."""
    values = [item.get(key) for key in Entry.__slots__] if isinstance(item, dict) else []
    sound = bool(values) and all(isinstance(value, str) and len(value) <= MAX_TEXT for value in values)
    if not sound or item["severity"] not in SEVERITIES or not _FINGERPRINT.fullmatch(item["fingerprint"]):
        keys = ", ".join(Entry.__slots__)
        raise BaselineError(f"{shown}: findings[{at}] is not a recorded finding; it needs {keys} as texts")
    return Entry(item["path"], item["rule"], item["place"], cast("Severity", item["severity"]), item["fingerprint"])


def _lines(text: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for match in _FINGERPRINT.finditer(line):
            found.setdefault(match[0], number)
    return found


def apply_baseline(
    findings: Iterable[Finding], baseline: Baseline, files: Collection[str], judges: Callable[[str, str], bool]
) -> tuple[tuple[Finding, ...], Match]:
    """Suppress the known findings and say which entries they met; what is suppressed already stays as it is.

    ``files`` are the repository's as it is now; ``judges`` tells of a rule and a path whether this run would have found
    what the rule finds there.
    """
    given = tuple(findings)
    known = _known(given, baseline, files)
    accepted = Suppression("baseline", f"recorded in {baseline.path}")
    result = tuple(
        replace(finding, suppression=accepted) if at in known and _is_hidden_by(known[at], finding) else finding
        for at, finding in enumerate(given)
    )
    met = frozenset(known.values())
    stale = tuple(e for e in baseline.entries if e not in met and judges(e.rule, e.path))
    return result, Match(baseline, tuple(sorted(met)), stale)


def _is_hidden_by(entry: Entry, finding: Finding) -> bool:
    is_heavier = SEVERITIES.index(finding.severity) < SEVERITIES.index(entry.severity)
    return finding.suppression is None and not is_heavier


def _known(findings: Sequence[Finding], baseline: Baseline, files: Collection[str]) -> dict[int, Entry]:
    """Give the entry of each known finding, by the finding's position."""
    by_fingerprint = {entry.fingerprint: entry for entry in baseline.entries}
    known = {at: by_fingerprint[f.fingerprint] for at, f in enumerate(findings) if f.fingerprint in by_fingerprint}
    moved = _moved(set(baseline.entries).difference(known.values()), files)
    taken: dict[str, Entry] = {}
    for at, finding in enumerate(findings):
        if at in known:
            continue
        if finding.fingerprint not in taken:
            entries = moved.get((finding.rule, finding.place))
            if not entries:
                continue
            taken[finding.fingerprint] = entries.pop(0)
        known[at] = taken[finding.fingerprint]
    return known


def _moved(unmet: Iterable[Entry], files: Collection[str]) -> Mapping[tuple[str, str], list[Entry]]:
    """Give the entries of files that are gone, by rule and place."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in sorted(unmet):
        if entry.path not in files:
            found[entry.rule, entry.place].append(entry)
    return found


def recorded(findings: Iterable[Finding]) -> Iterator[Entry]:
    """Give the entries of the findings that count today: those that nothing but a baseline hides."""
    for finding in findings:
        is_known = finding.suppression is not None and finding.suppression.kind == "baseline"
        if finding.category != OWN_CATEGORY and (finding.suppression is None or is_known):
            yield Entry(finding.span.path, finding.rule, finding.place, finding.severity, finding.fingerprint)


def dumped(entries: Iterable[Entry]) -> str:
    """Give the text of a baseline file: sorted, one finding a line, so that branches merge line by line."""
    lines = [json.dumps(asdict(entry), ensure_ascii=True) for entry in sorted(set(entries))]
    body = ",\n".join(f"    {line}" for line in lines)
    return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "findings": [\n{body}{chr(10) if body else ""}  ]\n}}\n'
