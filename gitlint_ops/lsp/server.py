"""The server itself: which message of the protocol does what, and when a repository is checked anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from gitlint_ops import __version__
from gitlint_ops.lint.model import Finding
from gitlint_ops.lsp.analysis import Analysis, Host, SupersededError
from gitlint_ops.lsp.diagnostics import Places, diagnostics_of, quick_fixes
from gitlint_ops.lsp.hover import hover_text
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import counts
from gitlint_ops.source import Span

_SETTLE_SECONDS = 0.3
"""How long nothing must change before a check begins: somebody types, or an editor's file watcher tells of a save."""
_WATCHED = "**/*.{yaml,yml,json,tpl}"


@dataclass(slots=True)
class _State:
    """What is known of one repository."""

    analysis: Analysis | None = None
    running: bool = False
    stale: bool = False
    """Whether something changed that no check has begun to look at."""
    complaint: str = ""
    """What the last check ended in, which is told once."""


@dataclass(frozen=True, slots=True)
class _File:
    """An open file of a repository that was checked, its text the one that was checked."""

    analysis: Analysis
    path: str
    places: Places


class GitlintServer(LanguageServer):
    """Checks the repositories of the open files, their texts as typed, and answers about them from the last check."""

    def __init__(self, host: Host) -> None:
        super().__init__("gitlint-ops", __version__)
        self._host = host
        self._states: dict[Path, _State] = {}

    def root_of(self, uri: str) -> Path | None:
        """Give the root of the repository around a file, else the opened folder that it lies in.

        None for what is no file, and for a file that lies in neither: nobody asked for all that lies beside it.
        """
        path = uris.to_fs_path(uri) if uris.uri_scheme(uri) == "file" else None
        if not path:
            return None
        folders = [Path(uris.to_fs_path(folder.uri) or "").resolve() for folder in self.workspace.folders.values()]
        around = (folder for folder in folders if Path(path).resolve().is_relative_to(folder))
        return self._host.root_of(Path(path)) or next(around, None)

    async def opened(self, uri: str) -> None:
        """Show the findings of a file that was opened; its repository is checked where this text of it was not yet."""
        root = self.root_of(uri)
        if root is not None and self._file(uri):
            self._publish(root)
        else:
            await self.check(uri)

    async def typed(self, uri: str) -> None:
        """Check the repository around a file that was typed into; one that is none of its files concerns nothing."""
        found = self._last_check(uri)
        if found is None or found[0].tree.is_file(found[1]):
            await self.check(uri)

    async def closed(self, uri: str) -> None:
        """Take the findings of a closed file away; what was typed into it and not saved counts no more."""
        self.replace_diagnostics(uri)
        found = self._last_check(uri)
        if found is not None and found[1] in found[0].typed:
            await self.check(uri)

    async def check(self, uri: str) -> None:
        """Check the repository around a file that changed; show its findings.

        Any number of changes that follow each other, or come while a check runs, lead to one more.
        """
        root = self.root_of(uri)
        if root is None:
            return
        state = self._state(root)
        state.stale = True
        if state.running:
            return
        state.running = True
        try:
            while state.stale:
                state.stale = False
                await asyncio.sleep(_SETTLE_SECONDS)
                if not state.stale:
                    await self._check_once(root, state)
        finally:
            state.running = False

    async def _check_once(self, root: Path, state: _State) -> None:
        try:
            fresh = await asyncio.to_thread(Analysis, self._host, root, self._typed(root), lambda: not state.stale)
        except SupersededError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, the user must hear of it, and the server go on
            self._complain(state, self._host.explain(error))
            return
        state.complaint = ""
        before, state.analysis = state.analysis, fresh
        if before is not None:
            await asyncio.to_thread(before.close)
        self._publish(root)
        self._tell(fresh)

    def _typed(self, root: Path) -> dict[str, str]:
        """Give the texts of the open files of a repository, by their places in it."""
        texts = {_path_in(root, uri): self._text(uri) for uri in self.workspace.text_documents}
        return {path: text for path, text in texts.items() if path}

    def _text(self, uri: str) -> str:
        return self.workspace.get_text_document(uri).source.removeprefix("\ufeff")

    def _tell(self, analysis: Analysis) -> None:
        """Log the counts and the coverage; show what crashed."""
        report, coverage = analysis.report, analysis.report.coverage
        found = ", ".join(plural(count, *NOUNS[severity]) for severity, count in counts(report).items())
        text = f"{found}; {coverage.rendered} of {plural(coverage.units, 'unit')} rendered"
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, text))
        for defect in report.defects:
            self._say(self._host.explain(defect), types.MessageType.Error)

    def _complain(self, state: _State, text: str) -> None:
        """Tell what a check ended in, but not again with each character that is typed."""
        if text != state.complaint:
            self._say(text, types.MessageType.Error)
        state.complaint = text

    def _say(self, text: str, kind: types.MessageType) -> None:
        self.window_show_message(types.ShowMessageParams(kind, text))

    def _publish(self, root: Path) -> None:
        """Show the findings of the open files; one whose text has changed since has its turn after the next check."""
        for uri in list(self.workspace.text_documents):
            if self.root_of(uri) == root:
                file = self._file(uri)
                if file is not None:
                    self.replace_diagnostics(uri, diagnostics_of(file.analysis.findings_in(file.path), file.places))
                elif not self._state(root).stale:
                    self.replace_diagnostics(uri)

    def replace_diagnostics(self, uri: str, found: Sequence[types.Diagnostic] = ()) -> None:
        """Show these diagnostics of a file in place of those before."""
        document = self.workspace.text_documents.get(uri)
        version = document.version if document else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def _state(self, root: Path) -> _State:
        return self._states.setdefault(root, _State())

    def _last_check(self, uri: str) -> tuple[Analysis, str] | None:
        """Give the last check of the repository around a file, and the file's place in it; None before the first."""
        root = self.root_of(uri)
        analysis = self._state(root).analysis if root is not None else None
        return (analysis, _path_in(analysis.root, uri)) if analysis is not None else None

    def _file(self, uri: str) -> _File | None:
        """Give a file of a repository that was checked; None where its text has changed since, or is none of it."""
        analysis, path = self._last_check(uri) or (None, "")
        if analysis is None or not analysis.tree.is_file(path) or self._text(uri) != analysis.tree.text(path):
            return None
        return _File(analysis, path, Places(analysis.root, analysis.tree, self.workspace.position_codec))

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Explain the rules that a line breaks, and where the value at the position goes."""
        file = self._file(params.text_document.uri)
        if file is None:
            return None
        line, column = params.position.line + 1, file.places.column(file.path, params.position)
        broken = {finding.rule: None for finding in _on_lines(file, line, line)}
        rules = [file.analysis.rules[name] for name in broken if name in file.analysis.rules]
        chains = await asyncio.to_thread(file.analysis.shaped_by, file.path, line, column)
        text = hover_text(rules, chains, file.path, line)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None

    async def definition(self, params: types.DefinitionParams) -> list[types.Location]:
        """Give the other lines that shape what the position shapes, the nearest cause first."""
        file = self._file(params.text_document.uri)
        if file is None:
            return []
        line, column = params.position.line + 1, file.places.column(file.path, params.position)
        chains = await asyncio.to_thread(file.analysis.shaped_by, file.path, line, column)
        spans = {Span(**origin["location"]): None for chain in chains for origin in chain["origins"]}
        return [file.places.location(span) for span in spans if (span.path, span.line) != (file.path, line)]

    def fixes(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Give the fixes of the findings in a range."""
        file = self._file(params.text_document.uri)
        if file is None:
            return []
        found = _on_lines(file, params.range.start.line + 1, params.range.end.line + 1)
        return list(quick_fixes(found, params.context.diagnostics, file.places))

    async def watch(self) -> None:
        """Ask the client to tell of files that change outside of the editor, where it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching is None or not watching.dynamic_registration:
            return
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = types.Registration("gitlint-ops.files", method, options)
        await self.client_register_capability_async(types.RegistrationParams([registration]))

    def close(self) -> None:
        """End all engines."""
        for state in self._states.values():
            if state.analysis is not None:
                state.analysis.close()


def _path_in(root: Path, uri: str) -> str:
    """Give a file's place in a repository (POSIX), '' for what does not lie in it."""
    path = Path(uris.to_fs_path(uri) or "").resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _on_lines(file: _File, first: int, last: int) -> list[Finding]:
    findings = file.analysis.findings_in(file.path)
    return [finding for finding in findings if finding.span.line <= last and finding.span.end_line >= first]


def serve(host: Host) -> None:
    """Serve one editor over standard input and output, until it says to end."""
    server = build(host)
    try:
        server.start_io()
    finally:
        server.close()


def build(host: Host) -> GitlintServer:
    """Give a server with all its features."""
    server = GitlintServer(host)

    @server.feature(types.INITIALIZED)
    async def _(_params: types.InitializedParams) -> None:
        await server.watch()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def _(params: types.DidOpenTextDocumentParams) -> None:
        await server.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _(params: types.DidChangeTextDocumentParams) -> None:
        await server.typed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _(params: types.DidSaveTextDocumentParams) -> None:
        await server.check(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def _(params: types.DidChangeWatchedFilesParams) -> None:
        await asyncio.gather(*(server.check(change.uri) for change in params.changes))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def _(params: types.DidCloseTextDocumentParams) -> None:
        await server.closed(params.text_document.uri)

    _add_answers(server)
    return server


def _add_answers(server: GitlintServer) -> None:
    """Let the server answer requests."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def _(params: types.HoverParams) -> types.Hover | None:
        return await server.hover(params)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def _(params: types.DefinitionParams) -> list[types.Location]:
        return await server.definition(params)

    actions = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, actions)
    def _(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.fixes(params)
