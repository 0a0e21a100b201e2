"""Chooses the fixes to apply, tries them in a copy of the repository, and keeps those that are proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gitlint_ops.engine import EngineClient
from gitlint_ops.fix.alone import Builds, built_alone, folder_of, rebuilt
from gitlint_ops.fix.model import Candidate, Check, Checked, Narrow, Outcome, Refused
from gitlint_ops.fix.proof import Objection, Volatile, objections, unproven, volatile_fields
from gitlint_ops.fix.text import EditError, FileText, Piece
from gitlint_ops.fix.workspace import Workspace
from gitlint_ops.lint.model import Finding

MAX_PASSES = 10
"""How often the findings that remain are looked at for further fixes."""
MAX_CHECKS = 60
"""How many times the repository is checked anew at most."""


def propose(checked: Checked, check: Check, narrow: Narrow, *, unsafe: bool = False) -> Outcome:
    """Give what the repository's files are to become, each fix proven; nothing is written but a temporary copy.

    ``checked`` is the run whose findings are to be fixed, ``check`` repeats it on another tree, ``narrow`` gives the
    findings that were asked for. ``unsafe`` takes the fixes in that are not safe. Raises WorkspaceError where the
    repository cannot be copied.
    """
    if not any(applicable(narrow(checked).findings, unsafe=unsafe)):
        return Outcome(narrow(checked))
    with Workspace(checked.tree) as workspace:
        fixer = _Fixer(workspace, check, checked)
        fixer.run(narrow, unsafe=unsafe)
        return fixer.outcome(narrow)


def applicable(findings: Iterable[Finding], *, unsafe: bool) -> list[Candidate]:
    """Give the findings that a fix may be applied to: not suppressed, with a safe one (or any, with ``unsafe``)."""
    return [
        Candidate(finding, finding.fix)
        for finding in findings
        if finding.fix is not None and finding.suppression is None and (unsafe or finding.fix.safe)
    ]


@dataclass(slots=True)
class _State:
    """A repository with fixes applied: what its check says, and the files that differ from the user's."""

    checked: Checked
    texts: Mapping[str, bytes] = field(default_factory=dict)


class _Fixer:
    """One run. ``state`` is the repository with every proven fix."""

    def __init__(self, workspace: Workspace, check: Check, checked: Checked) -> None:
        self._first = checked
        self.state = _State(checked)
        self.fixed: list[Finding] = []
        self.refused: dict[str, Refused] = {}
        self._waiting: dict[str, Refused] = {}
        self._workspace = workspace
        self._check = check
        self._checks = 0
        self._trial: _State = self.state
        self._volatile: Volatile | None = None
        self._alone: Builds = {}
        """What the kustomizations build to by themselves whose fixes nothing that is rendered can prove."""

    def run(self, narrow: Narrow, *, unsafe: bool) -> None:
        """Apply fixes until none is left: what overlaps, or comes up with a fix, has its turn in the next pass."""
        for _ in range(MAX_PASSES):
            found = applicable(narrow(self.state.checked).findings, unsafe=unsafe)
            chosen = self._fitting([c for c in found if c.finding.fingerprint not in self.refused])
            if not chosen:
                self.refused |= self._waiting
                return
            proven = self._settle(self.state, [], chosen)
            self.fixed += [candidate.finding for candidate in proven]
            self.state = self._trial

    def outcome(self, narrow: Narrow) -> Outcome:
        """Give what came of it."""
        texts = sorted(self.state.texts.items())
        changes = (self._workspace.change(path, text, self._first.report.findings) for path, text in texts)
        changed = tuple(change for change in changes if change.before != change.after)
        return Outcome(narrow(self.state.checked), changed, tuple(self.fixed), tuple(self.refused.values()))

    # Choosing

    def _fitting(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Give the candidates that can be applied together, first come, first served."""
        self._waiting = {}
        blind = self._blind(candidates)
        files: dict[str, FileText] = {}
        taken: dict[str, list[Piece]] = {}
        chosen: list[Candidate] = []
        for candidate in candidates:
            try:
                pieces = self._pieces(candidate, files)
            except EditError as error:
                self._refuse(candidate, str(error))
                continue
            if candidate.finding.fingerprint in blind:
                # Another fix may let it render; it has its turn then.
                reason = blind[candidate.finding.fingerprint]
                self._waiting[candidate.finding.fingerprint] = Refused(candidate.finding, reason)
            elif not any(one.overlaps(other) for path, one in pieces for other in taken.get(path, ())):
                chosen.append(candidate)
                for path, piece in pieces:
                    taken.setdefault(path, []).append(piece)
        return chosen

    def _blind(self, candidates: Sequence[Candidate]) -> dict[str, str]:
        """Give why the effect of a fix cannot be seen, by fingerprint: neither in what is rendered, nor by itself."""
        rendering = self.state.checked.rendering
        found = [(candidate, unproven(candidate, rendering)) for candidate in candidates]
        folders = {c.finding.fingerprint: folder_of(c, rendering.graph) for c, reason in found if reason}
        self._workspace.put(self.state.texts)
        self._alone = built_alone(self._workspace.root, {folder for folder in folders.values() if folder is not None})
        return {
            c.finding.fingerprint: reason
            for c, reason in found
            if reason and folders[c.finding.fingerprint] not in self._alone
        }

    def _pieces(self, candidate: Candidate, files: dict[str, FileText]) -> list[tuple[str, Piece]]:
        """Give a candidate's edits by offsets. Raises EditError where one cannot be made."""
        pieces: list[tuple[str, Piece]] = []
        for edit in candidate.fix.edits:
            path = edit.span.path
            if path not in files:
                known = self.state.texts
                files[path] = FileText(known[path] if path in known else self._workspace.original(path))
            pieces.append((path, files[path].piece(edit)))
        return pieces

    def _refuse(self, candidate: Candidate, reason: str) -> None:
        self.refused[candidate.finding.fingerprint] = Refused(candidate.finding, reason)

    # Proving

    def _settle(self, base: _State, proven: list[Candidate], untried: list[Candidate]) -> list[Candidate]:
        """Give ``proven`` with those of ``untried`` that hold: all by one check, or parts of them by further ones."""
        if self._checks >= MAX_CHECKS:
            for candidate in untried:
                self._refuse(candidate, f"it was not proven within {MAX_CHECKS} checks")
            return proven
        raised = self._try(base, [*proven, *untried])
        if not raised:
            return [*proven, *untried]
        if len(untried) == 1:
            self._refuse(untried[0], raised[0].reason)
            return proven
        for part in _parts(untried, raised, len(proven)):
            proven = self._settle(base, proven, part)
        return proven

    def _try(self, base: _State, candidates: Sequence[Candidate]) -> tuple[Objection, ...]:
        """Check the repository with these fixes applied to a state; it is kept where nothing speaks against it."""
        texts = {**base.texts, **self._edited(candidates)}
        checked = self._check_with(texts)
        raised = objections(base.checked, checked, candidates, lambda: self._volatile_in(base))
        raised = (*raised, *self._rebuilt(texts, candidates))
        if not raised:
            self._trial = _State(checked, texts)
        return raised

    def _rebuilt(self, texts: Mapping[str, bytes], candidates: Sequence[Candidate]) -> Iterator[Objection]:
        """Give what speaks against fixes by what their kustomizations build to by themselves."""
        folders = [folder_of(candidate, self.state.checked.rendering.graph) for candidate in candidates]
        needed = [folder if folder in self._alone else None for folder in folders]
        self._workspace.put(texts)
        after = built_alone(self._workspace.root, {folder for folder in needed if folder is not None})
        return rebuilt(self._alone, after, needed)

    def _edited(self, candidates: Sequence[Candidate]) -> dict[str, bytes]:
        files: dict[str, FileText] = {}
        pieces: dict[str, list[Piece]] = {}
        for candidate in candidates:
            for path, piece in self._pieces(candidate, files):
                pieces.setdefault(path, []).append(piece)
        return {path: files[path].with_pieces(found) for path, found in pieces.items()}

    def _check_with(self, texts: Mapping[str, bytes]) -> Checked:
        self._checks += 1
        self._workspace.put(texts)
        tree = self.state.checked.tree
        with EngineClient(self._workspace.root, fetched=tree.fetched.folder) as engine:
            return self._check(tree.at(self._workspace.root, engine), engine)

    def _volatile_in(self, base: _State) -> Volatile:
        """Give what a second rendering of the same files gives otherwise; it is tried once a run."""
        if self._volatile is None:
            again = self._check_with(base.texts)
            self._volatile = volatile_fields(base.checked.rendering, again.rendering)
        return self._volatile


def _parts(untried: list[Candidate], raised: Sequence[Objection], offset: int) -> list[list[Candidate]]:
    """Part fixes into those that nothing speaks against and the others, or in the middle where that tells nothing."""
    suspects = {at - offset for objection in raised for at in objection.suspects if at >= offset}
    if 0 < len(suspects) < len(untried) and all(objection.suspects for objection in raised):
        return [[c for at, c in enumerate(untried) if (at in suspects) == guilty] for guilty in (False, True)]
    middle = len(untried) // 2
    return [untried[:middle], untried[middle:]]
