"""The types of the lint room: rules, what a check yields, and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gitlint_ops.source.model import FieldPath, Span

if TYPE_CHECKING:
    from gitlint_ops.render.model import RenderedObject
    from gitlint_ops.repo.model import Delivery

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""Heaviest first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy, as its file in ``rules/`` describes it."""

    name: str
    category: str
    severity: Severity
    production_severity: Severity
    """The severity where the environment is production (equal to ``severity`` unless the rule says otherwise)."""
    confidence: Literal["high", "medium", "low"]
    summary: str
    why: str
    fix: str
    references: tuple[str, ...]
    options_schema: Mapping[str, Any]
    default_options: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    check: str = ""
    """Dotted name of a Python function, or ''."""
    cel: str = ""
    match: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    security: bool = False
    path: str = ""
    enabled: bool = True
    field_path: FieldPath = ()
    """The field that a finding of a CEL check points at."""
    needs_base: bool = False
    """Whether it compares two revisions: it then runs only with a base to compare with."""
    builtin: bool = True
    """Whether it is one of ours; else a user's own."""
    cel_lines: tuple[int, ...] = ()
    """Of a user's rule: the 1-based lines of its file that hold the key ``cel``, then each line of the expression."""
    yields_to: tuple[str, ...] = ()
    """Rules whose finding on the same line is the cause of this rule's finding there, which is then left out."""


@dataclass(frozen=True, slots=True)
class Related:
    """A second place of a finding, and why it matters."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of a span by a text."""

    span: Span
    text: str


Target = tuple[str, str, str, str]
"""A rendered object: the id of its delivery, its kind, namespace and name."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fix is to change of what is rendered, in the finding's deliveries and nowhere else. By default nothing."""

    fields: tuple[FieldPath, ...] = ()
    """Fields of the finding's objects, each with all that is below it."""
    text: tuple[str, str] | None = None
    """A text within values, as it was and as it is to be."""
    renders: bool = False
    """Whether deliveries that did not render are to do so."""
    targets: frozenset[Target] = frozenset()
    """The objects concerned, where they are known one by one; else those of the finding's kind."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends the problem.

    ``safe``: what is applied stays the same, or only what is plainly wrong in it becomes what was plainly meant. A fix
    that drops something which somebody wrote, or changes what a controller does, is not safe: a person has to want it.
    """

    description: str
    edits: tuple[Edit, ...]
    safe: bool = True
    effect: Effect = Effect()


@dataclass(frozen=True, slots=True)
class Violation:
    """What a check yields: a message at a place.

    The place is either ``span`` (a source place) or ``object`` with ``field_path`` (a rendered place). The runner turns
    it into a Finding: it resolves a rendered place to its source line, and merges violations of one rule, place and
    message over environments into one finding.
    """

    message: str
    span: Span | None = None
    exact: bool = True
    object: RenderedObject | None = None
    field_path: FieldPath = ()
    on_key: bool = False
    """Point at the field's key rather than at its value."""
    part: str = ""
    """The text within the field's value that is wrong (an image's tag): the place that gives it is the finding's."""
    deliveries: tuple[Delivery, ...] = ()
    """Deliveries concerned, where no object is given (with an object, its own delivery)."""
    environments: tuple[str, ...] = ()
    severity: Severity | None = None
    """Overrides the rule's severity."""
    related: tuple[Related, ...] = ()
    related_fields: tuple[tuple[RenderedObject, FieldPath, str], ...] = ()
    fix: Fix | None = None
    value: Any = None
    """The rendered value at the field, for the verification of the place (never printed)."""
    cause: str = ""
    """What is wrong where the message differs between environments, which know more or less of it; else the message."""
    decision: str = ""
    """What the repository decided where this is one of many places of it: many without a fix are said once."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """The object a finding is about."""

    api_version: str
    kind: str
    namespace: str
    name: str
    field: str


ANNOTATION = "gitlint-ops.dev/ignore"
"""What an object carries, among its annotations, that accepts findings about it."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is not counted: ``comment``, ``annotation``, ``config`` or ``baseline``."""

    kind: str
    reason: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, once, at the source line that a person must edit."""

    rule: str
    category: str
    severity: Severity
    message: str
    span: Span
    exact: bool
    related: tuple[Related, ...] = ()
    object: ObjectRef | None = None
    deliveries: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    fingerprint: str = ""
    place: str = ""
    """Where in its file it is, in words that outlive a moved line; part of the fingerprint."""
    suppression: Suppression | None = None
    fix: Fix | None = None
    help_uri: str = ""
    decision: str = ""
    """Of what it stands for many places; '' where its own is all."""
    status: str = ""
    """With a base to compare with: ``new``, ``unchanged`` or ``fixed``."""
    repository: str = ""
    """In a report on several repositories, the one it is of; its paths then begin with this name."""

    @property
    def home(self) -> str:
        """The file by which it is known again; '' where it stands for many places, any of which may be the first."""
        return "" if self.decision else self.span.path


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a report compares with: the revision as named, its merge base with HEAD, and the findings that are not new.

    ``fixed`` findings have their places in the base commit's files.
    """

    ref: str
    commit: str
    unchanged: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A unit that was not rendered, as the coverage lists it."""

    unit: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was checked and what was not."""

    units: int
    rendered: int
    skipped: tuple[Skipped, ...]
    failed: tuple[Skipped, ...]
    files: int = 0
    objects: int = 0
    unreadable: tuple[Skipped, ...] = ()
    assumptions: tuple[str, ...] = ()
    unchecked: tuple[Skipped, ...] = ()
    """Parts of CI pipelines that could not be read, and what custom kinds demand beyond their schemas."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Which one of several runs over a repository a report is of: the ``index``-th (1-based) of ``count``.

    The first one judges everything that is rendered, the others only render. ``tree`` and ``run`` are digests of the
    repository, and of all else that decides on the report; ``units`` are the deliveries that are the run's.
    """

    index: int
    count: int
    tree: str
    run: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One recorded finding: the file (repository-relative, POSIX), the rule, the place in the file in words."""

    path: str
    rule: str
    place: str
    severity: Severity
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline file as read: what errors and findings call it, its entries, and the 1-based line of each."""

    path: str
    entries: tuple[Entry, ...]
    lines: Mapping[str, int]
    """By fingerprint."""


@dataclass(frozen=True, slots=True)
class Match:
    """A run held against a baseline: the entries whose finding is still there, in order, and those it found gone.

    What this run could not tell (the rule did not run, the file was not rendered) is in neither.
    """

    baseline: Baseline
    met: tuple[Entry, ...]
    stale: tuple[Entry, ...]

    @property
    def kept(self) -> tuple[Entry, ...]:
        """The entries that are not known to be stale."""
        gone = frozenset(self.stale)
        return tuple(entry for entry in self.baseline.entries if entry not in gone)

    @property
    def untold(self) -> tuple[Entry, ...]:
        """The entries of which this run cannot tell."""
        told = frozenset((*self.met, *self.stale))
        return tuple(entry for entry in self.baseline.entries if entry not in told)


@dataclass(frozen=True, slots=True)
class Member:
    """One repository of a report on several: what there was to check, and how long that took (ms).

    ``reason`` says why it was not checked, or not wholly; ``exit_code`` is what that makes of the run, 0 for nothing.
    """

    name: str
    files: int = 0
    units: int = 0
    rendered: int = 0
    objects: int = 0
    elapsed_ms: int = 0
    reason: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A run: findings in order (severity, path, line), the coverage, the rules that ran, how long it took (ms)."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    rules: tuple[Rule, ...] = ()
    tool_version: str = ""
    root: str = "."
    elapsed_ms: int = 0
    lines: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Source text around findings, for readers that show it: path to 1-based line to text.

    Never holds a line of a secret finding.
    """
    layout: Mapping[str, Any] = field(default_factory=dict)
    """The layout of the repository, as ``inspect`` gives it, for readers that show it; else empty."""
    baseline: Match | None = None
    """The run held against its baseline, None where it had none."""
    compared: Comparison | None = None
    """With a base: what it is, and the findings that were there before; ``findings`` has the new ones only."""
    shard: Shard | None = None
    fleet: tuple[Member, ...] = ()
    """The repositories of a report on several, by name; else empty."""
    defects: tuple[Exception, ...] = ()
    """Checks of ours that crashed: what they had still to say is missing from the findings."""
