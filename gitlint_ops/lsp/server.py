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
from gitlint_ops.lsp.analysis import Analysis, Host
from gitlint_ops.lsp.diagnostics import Places, diagnostics_of, quick_fixes
from gitlint_ops.lsp.hover import hover_text
from gitlint_ops.report.page import NOUNS, plural
from gitlint_ops.report.scope import counts
from gitlint_ops.source import Span

_SETTLE_SECONDS = 0.2
"""How long changes are awaited together: a save, and what the editor's file watcher says of it."""
_WATCHED = "**/*.{yaml,yml,json,tpl}"


@dataclass(slots=True)
class _State:
    """What is known of one repository."""

    analysis: Analysis | None = None
    running: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """An open file of a repository that was checked, its text the one that was checked."""

    analysis: Analysis
    path: str
    places: Places


class GitlintServer(LanguageServer):
    """Checks the repositories of the open files, and answers about them from the last check."""

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
        """Show the findings of a file that was opened; its repository is checked where it was not yet."""
        root = self.root_of(uri)
        if root is None:
            return
        if self._state(root).analysis is None:
            await self.check(root)
        else:
            self._publish(root)

    async def check(self, root: Path) -> None:
        """Check a repository and show its findings. While a check runs, any number of calls lead to one more."""
        state = self._state(root)
        state.stale = True
        if state.running:
            return
        state.running = True
        try:
            while state.stale:
                await asyncio.sleep(_SETTLE_SECONDS)
                state.stale = False
                await self._check_once(root, state)
        finally:
            state.running = False

    async def _check_once(self, root: Path, state: _State) -> None:
        try:
            fresh = await asyncio.to_thread(Analysis, self._host, root)
        except Exception as error:  # noqa: BLE001 - whatever it was, the user must hear of it, and the server go on
            self._say(self._host.explain(error), types.MessageType.Error)
            return
        before, state.analysis = state.analysis, fresh
        if before is not None:
            await asyncio.to_thread(before.close)
        self._publish(root)
        self._tell(fresh)

    def _tell(self, analysis: Analysis) -> None:
        """Log the counts and the coverage; show what crashed."""
        report, coverage = analysis.report, analysis.report.coverage
        found = ", ".join(plural(count, *NOUNS[severity]) for severity, count in counts(report).items())
        text = f"{found}; {coverage.rendered} of {plural(coverage.units, 'unit')} rendered"
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, text))
        for defect in report.defects:
            self._say(self._host.explain(defect), types.MessageType.Error)

    def _say(self, text: str, kind: types.MessageType) -> None:
        self.window_show_message(types.ShowMessageParams(kind, text))

    def _publish(self, root: Path) -> None:
        for uri in list(self.workspace.text_documents):
            if self.root_of(uri) == root:
                file = self._file(uri, checked=False)
                found = diagnostics_of(file.analysis.findings_in(file.path), file.places) if file else []
                self.replace_diagnostics(uri, found)

    def replace_diagnostics(self, uri: str, found: Sequence[types.Diagnostic] = ()) -> None:
        """Show these diagnostics of a file in place of those before."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))

    def _state(self, root: Path) -> _State:
        return self._states.setdefault(root, _State())

    def _file(self, uri: str, *, checked: bool = True) -> _File | None:
        """Give a file of a repository that was checked; with ``checked``, None too where its text has changed since."""
        root = self.root_of(uri)
        analysis = self._state(root).analysis if root is not None else None
        if root is None or analysis is None:
            return None
        resolved = Path(uris.to_fs_path(uri) or "").resolve()
        path = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else ""
        text = self.workspace.get_text_document(uri).source
        if checked and text.removeprefix("\ufeff") != analysis.tree.text(path):
            return None
        return _File(analysis, path, Places(analysis.tree, self.workspace.position_codec))

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

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _(params: types.DidSaveTextDocumentParams) -> None:
        root = server.root_of(params.text_document.uri)
        if root is not None:
            await server.check(root)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def _(params: types.DidChangeWatchedFilesParams) -> None:
        roots = {server.root_of(change.uri) for change in params.changes}
        await asyncio.gather(*(server.check(root) for root in roots if root is not None))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: types.DidCloseTextDocumentParams) -> None:
        server.replace_diagnostics(params.text_document.uri)

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
