"""The installed server, driven by a real client over standard input and output."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types
from pygls import uris
from pygls.lsp.client import LanguageClient

FIXTURES = Path(__file__).parents[2] / "fixtures"
DEPLOYMENT = "apps/web-api/base/deployment.yaml"
PROD = "apps/web-api/overlays/prod/kustomization.yaml"
_TIMEOUT = 60


class Editor(LanguageClient):
    """A client that keeps what the server says."""

    def __init__(self, root: Path) -> None:
        super().__init__("test", "1")
        self.root = root
        self.found: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.registered: list[str] = []
        self.versions: dict[str, int] = {}

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self.found.put_nowait(params)

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def _(params: types.ShowMessageParams) -> None:
            self.shown.put_nowait(params.message)

        @self.feature(types.WINDOW_LOG_MESSAGE)
        def _(_params: types.LogMessageParams) -> None:
            return

        @self.feature(types.CLIENT_REGISTER_CAPABILITY)
        def _(params: types.RegistrationParams) -> None:
            self.registered += [item.method for item in params.registrations]

    def uri(self, path: str) -> str:
        return str(uris.from_fs_path(str(self.root / path)))

    def open(self, path: str) -> None:
        text = (self.root / path).read_bytes().decode()
        item = types.TextDocumentItem(self.uri(path), "yaml", 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: str, text: str) -> None:
        """Make the open file's text this one, unsaved."""
        self.versions[path] = self.versions.get(path, 1) + 1
        named = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(named, [whole]))

    def close(self, path: str) -> None:
        named = types.TextDocumentIdentifier(self.uri(path))
        self.text_document_did_close(types.DidCloseTextDocumentParams(named))

    def save(self, path: str) -> None:
        named = types.TextDocumentIdentifier(self.uri(path))
        self.text_document_did_save(types.DidSaveTextDocumentParams(named))

    async def published(self, path: str) -> types.PublishDiagnosticsParams:
        """Give what is said next of a file."""
        while True:
            params = await asyncio.wait_for(self.found.get(), _TIMEOUT)
            if params.uri == self.uri(path):
                return params

    async def diagnostics(self, path: str) -> list[types.Diagnostic]:
        """Give the next diagnostics of a file."""
        return list((await self.published(path)).diagnostics)

    async def hover(self, path: str, line: int, character: int) -> str:
        place = types.TextDocumentIdentifier(self.uri(path)), types.Position(line - 1, character)
        answer = await self.text_document_hover_async(types.HoverParams(*place))
        assert answer is None or isinstance(answer.contents, types.MarkupContent)
        return answer.contents.value if answer else ""


def drive(root: Path, script: Callable[[Editor], Awaitable[None]]) -> None:
    """Start the server in ``root``, run a script against it, and see it end well."""

    async def run() -> None:
        editor = Editor(root)
        await editor.start_io(sys.executable, "-m", "gitlint_ops", "lsp")
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        able = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watching))
        await editor.initialize_async(types.InitializeParams(able, root_uri=editor.uri(".")))
        editor.initialized(types.InitializedParams())
        await script(editor)
        await editor.shutdown_async(None)
        editor.exit(None)
        assert editor._server is not None
        assert await asyncio.wait_for(editor._server.wait(), _TIMEOUT) == 0
        await editor.stop()

    asyncio.run(run())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a copy of the planted base and overlays; its configuration marks it as a repository."""
    return Path(shutil.copytree(FIXTURES / "base-overlays", tmp_path / "repo")).resolve()


def test_an_editor_session(root: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open(PROD)
        found = {str(one.code): one for one in await editor.diagnostics(PROD)}
        image = found["mutable-image-tag"]
        assert (image.source, image.severity) == ("gitlint-ops", types.DiagnosticSeverity.Error)
        assert image.range == types.Range(types.Position(7, 12), types.Position(7, 18))
        assert image.message == (
            "registry.example.com/web-api:stable can change without a change in Git: the tag stable names a channel, "
            "not a version; name a full version, or a digest (registry.example.com/web-api@sha256:...) (in prod)"
        )
        assert image.code_description is not None
        assert image.code_description.href.endswith("/docs/rules/mutable-image-tag.md")

        said = await editor.hover(PROD, 8, 14)
        assert said.startswith("**mutable-image-tag**: ")
        assert "**How to fix**: " in said
        assert said.endswith(
            "**Rendered as**\n\n- `prod`: `spec.template.spec.containers[0].image` of `Deployment web-api` is "
            f"`registry.example.com/web-api:stable`, set here and by `{DEPLOYMENT}:19`"
        )

        text = (root / PROD).read_text("utf-8").replace("newTag: stable", 'newTag: "1.2.3"')
        (root / PROD).write_text(text, "utf-8")
        editor.save(PROD)
        # The open text is still the old one, which is what the editor shows.
        assert "mutable-image-tag" in {str(one.code) for one in await editor.diagnostics(PROD)}
        editor.type(PROD, text)
        assert "mutable-image-tag" not in {str(one.code) for one in await editor.diagnostics(PROD)}
        assert editor.registered == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]

    drive(root, script)


def test_what_is_typed_is_checked_before_it_is_saved(root: Path) -> None:
    saved = (root / DEPLOYMENT).read_text("utf-8")
    cured = saved.replace("imagePullPolice", "imagePullPolicy")
    broken = cured.replace("imagePullPolicy: Always", 'env: [{name: A, value: "\U0001f600", valeu: b}]')

    async def script(editor: Editor) -> None:
        editor.open(DEPLOYMENT)
        assert "schema-error" in {one.code for one in await editor.diagnostics(DEPLOYMENT)}
        for length in range(len(saved) - 3, len(saved)):
            editor.type(DEPLOYMENT, saved[:length])
        editor.type(DEPLOYMENT, cured)
        # One check for all of it, of the last text.
        shown = await editor.published(DEPLOYMENT)
        assert shown.version == 5
        assert "schema-error" not in {one.code for one in shown.diagnostics}
        editor.type(DEPLOYMENT, broken)
        found = {one.code: one for one in await editor.diagnostics(DEPLOYMENT)}
        # Columns count UTF-16 units: the emoji before it is two of them.
        assert found["schema-error"].range == types.Range(types.Position(19, 39), types.Position(19, 44))
        assert (root / DEPLOYMENT).read_text("utf-8") == saved

    drive(root, script)


def test_what_is_typed_into_one_file_shows_in_another_until_it_is_thrown_away(root: Path) -> None:
    overlay = (root / PROD).read_text("utf-8")

    async def script(editor: Editor) -> None:
        editor.open(PROD)
        await editor.diagnostics(PROD)
        editor.open(DEPLOYMENT)
        await editor.diagnostics(DEPLOYMENT)
        editor.type(PROD, overlay.replace("count: 4", "count: 7"))
        await editor.diagnostics(DEPLOYMENT)
        assert f"`7`, set by `{PROD}:11`" in await editor.hover(DEPLOYMENT, 8, 12)
        place = types.TextDocumentIdentifier(editor.uri(DEPLOYMENT)), types.Position(7, 12)
        led = await editor.text_document_definition_async(types.DefinitionParams(*place))
        assert isinstance(led, list)
        assert editor.uri(PROD) in [item.uri for item in led if isinstance(item, types.Location)]
        editor.close(PROD)
        await editor.diagnostics(DEPLOYMENT)
        assert f"`4`, set by `{PROD}:11`" in await editor.hover(DEPLOYMENT, 8, 12)

    drive(root, script)


def test_a_line_of_a_base_shows_where_it_is_overridden_and_leads_there(root: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open(DEPLOYMENT)
        await editor.diagnostics(DEPLOYMENT)
        assert f"`4`, set by `{PROD}:11`" in await editor.hover(DEPLOYMENT, 8, 12)
        place = types.TextDocumentIdentifier(editor.uri(DEPLOYMENT)), types.Position(7, 12)
        led = await editor.text_document_definition_async(types.DefinitionParams(*place))
        assert isinstance(led, list)
        assert editor.uri(PROD) in [item.uri for item in led if isinstance(item, types.Location)]

    drive(root, script)


def test_a_file_of_no_repository_has_nothing_checked_around_it(root: Path) -> None:
    (root.parent / "stray.yaml").write_text("kind: Pod\n")

    async def script(editor: Editor) -> None:
        editor.open("../stray.yaml")
        assert await editor.hover("../stray.yaml", 1, 7) == ""
        assert editor.found.empty()

    drive(root, script)


def test_quick_fixes_and_errors(root: Path) -> None:
    async def script(editor: Editor) -> None:
        editor.open(DEPLOYMENT)
        shown = await editor.diagnostics(DEPLOYMENT)
        (typo,) = [one for one in shown if one.code == "schema-error"]
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(editor.uri(DEPLOYMENT)), typo.range, types.CodeActionContext([typo])
        )
        actions = await editor.text_document_code_action_async(asked)
        assert actions is not None
        (action,) = actions
        assert isinstance(action, types.CodeAction)
        assert (action.kind, action.is_preferred) == (types.CodeActionKind.QuickFix, False)
        assert action.title == "Write imagePullPolicy for imagePullPolice (changes what is applied)"
        assert action.edit is not None
        assert action.edit.changes == {editor.uri(DEPLOYMENT): (types.TextEdit(typo.range, "imagePullPolicy"),)}

        (root / ".gitlint-ops.yaml").write_text("ruls: {}\n")
        editor.save(".gitlint-ops.yaml")
        told = await asyncio.wait_for(editor.shown.get(), _TIMEOUT)
        assert told.startswith(".gitlint-ops.yaml:1: ")
        assert "'rules'" in told

    drive(root, script)
