"""What is written in the README and docs/ works as it says, and what is generated there is current."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from gitlint_ops.cli.group import cli
from gitlint_ops.config import config_schema, load_config

DOCS = Path(__file__).parents[1] / "docs"
BLOCKS = runpy.run_path(str(DOCS / "blocks.py"))
PAGES: dict[str, str] = {
    path.relative_to(DOCS.parent).as_posix(): path.read_text("utf-8") for path in BLOCKS["pages"]()
}
EXAMPLES: list[Any] = [
    pytest.param(block, id=f"{name}:{number}")
    for name, text in PAGES.items()
    for number, block in enumerate(BLOCKS["blocks"](text), 1)
]
TARGETS = re.findall(r"^([a-z-]+):", (DOCS.parent / "Makefile").read_text("utf-8"), re.MULTILINE)


def fenced(text: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(body) for _, body in found]


def test_the_generated_pages_are_current() -> None:
    expected = runpy.run_path(str(DOCS / "generate.py"))["pages"]()
    paths = [*(DOCS / "rules").glob("*.md"), *(DOCS / "reference").glob("*.md")]
    actual = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in paths}
    assert actual == expected, "run 'make docs'"


@pytest.mark.skipif(sys.platform == "win32", reason="the examples are written for bash")
@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_prints_what_the_page_shows(block: Any) -> None:
    assert block.refreshed() == block.body, "run 'make docs', and read what has changed"


def test_every_console_block_is_run() -> None:
    assert len(EXAMPLES) > 15
    assert len(EXAMPLES) == sum(text.count("```console") for text in PAGES.values())


def commands(text: str) -> Iterator[str]:
    """Give the command lines of a page's sh blocks, pipelines apart."""
    for body in fenced(text, "sh"):
        for line in body.splitlines():
            for part in re.split(r"\s\|\s|\s&&\s", re.sub(r"(^|\s)#.*$", "", line)):
                if part.strip():
                    yield part.strip()


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_accepted(page: str) -> None:
    assert not re.search(r"^ {4}\$? ?gitlint-ops ", PAGES[page], re.MULTILINE), (
        "write commands in an sh or console block"
    )
    for command in commands(PAGES[page]):
        program, *arguments = shlex.split(command)
        if program == "gitlint-ops":
            accept(arguments)
        elif program == "make":
            assert set(arguments) <= set(TARGETS), command
        else:
            assert program in {"pip", "git", "kubectl", "dask"}, command


def accept(arguments: list[str]) -> None:
    """Let click parse a command line: unknown options and choices are errors; files that it names need not be there."""
    context = click.Context(cli)
    name, command, rest = cli.resolve_command(context, arguments)
    assert command is not None
    inner = click.Context(command, info_name=name, parent=context)
    values, _, _ = command.make_parser(inner).parse_args(rest)
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and parameter.name in values:
            parameter.type_cast_value(inner, values[parameter.name])


def test_a_command_that_is_wrong_is_seen() -> None:
    with pytest.raises(click.NoSuchOption):
        accept(["check", "--nope"])
    with pytest.raises(click.BadParameter):
        accept(["check", "--format", "pdf"])


@pytest.mark.parametrize("page", PAGES)
def test_configurations_are_valid(page: str, tmp_path: Path) -> None:
    settings = set(config_schema()["properties"])
    for body in fenced(PAGES[page], "yaml"):
        value = yaml.safe_load(body)
        if isinstance(value, dict) and set(value) <= settings:
            (tmp_path / ".gitlint-ops.yaml").write_text(body, "utf-8")
            load_config(tmp_path)


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_somewhere(page: str) -> None:
    folder = (DOCS.parent / page).parent
    for link, anchor in re.findall(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)", PAGES[page]):
        target = folder / link if link else DOCS.parent / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), f"{link}#{anchor}"


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_site_names_every_page() -> None:
    named = set(re.findall(r'"([\w/-]+\.md)"', (DOCS.parent / "zensical.toml").read_text("utf-8")))
    assert named == {name.removeprefix("docs/") for name in PAGES if name != "README.md"} | {"rules/README.md"}


def test_contributing_names_files_that_are_there() -> None:
    root = DOCS.parent
    rows = re.findall(r"^\| .* \| (.*) \|$", (root / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    named = [re.findall(r"`([\w.][\w./-]*)`", row) for row in rows]
    assert sum(map(len, named)) > 50
    for names in named:
        places = [root]
        for name in filter(lambda name: name != "console", names):
            found = [place / name for place in places if (place / name).exists()]
            assert found, f"{name} of {names}"
            # What follows a file may stand beside it, what follows a folder in it too.
            places = [root, found[0].parent, found[0]]
