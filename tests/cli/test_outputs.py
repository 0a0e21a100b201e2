from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cli import main
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.outputs import Output, plan_outputs, show_layout

Write = Callable[[Mapping[str, str]], Path]


def test_the_main_result_goes_to_stdout_or_to_the_plain_file() -> None:
    assert plan_outputs("json", []) == (Output("json"),)
    assert plan_outputs("json", ["out.txt"]) == (Output("json", Path("out.txt")),)


def test_named_formats_are_written_besides() -> None:
    assert plan_outputs("text", ["sarif=a=b.sarif", "./html=c"]) == (
        Output("text", Path("html=c")),
        Output("sarif", Path("a=b.sarif")),
    )


@pytest.mark.parametrize(
    ("values", "message", "advice"),
    [
        (
            ["sarfi=a.sarif"],
            "--output sarfi=a.sarif: there is no format 'sarfi'; did you mean 'sarif'?",
            "a file of that name is written with --output ./sarfi=a.sarif",
        ),
        (
            ["a.txt", "b.txt"],
            "--output names two files for the text result: 'a.txt' and 'b.txt'",
            "name the format of the others, as in --output html=b.txt",
        ),
        (
            ["sarif=a", "html=./a"],
            "--output names the file 'a' twice",
            "give each format a file of its own",
        ),
        (
            ["out/sarif"],
            "--output out/sarif: the text would go into a file of this name",
            "for sarif in it: --output sarif=gitlint-ops.sarif",
        ),
        (
            ["out/a.html"],
            "--output out/a.html: the text would go into a file of this name",
            "for html in it: --output html=out/a.html",
        ),
        (["sarif="], "--output sarif=: no file is named", "name one, as in --output html=report.html"),
        (["html=."], "--output html=.: '.' is a folder", "name a file in it"),
    ],
)
def test_mistakes_are_told(values: list[str], message: str, advice: str) -> None:
    with pytest.raises(CommandError) as error:
        plan_outputs("text", values)
    assert (error.value.message, error.value.advice) == (message, advice)


def test_only_the_page_shows_the_layout() -> None:
    assert show_layout("html", [])
    assert show_layout("text", ["html=a.html"])
    assert not show_layout("json", ["sarif=a.sarif"])


def test_several_outputs_of_one_run(write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = write({"kustomization.yaml": "resources: [gone.yaml]\n"})
    out = {name: tmp_path / f"report.{name}" for name in ("json", "html", "junit")}
    arguments = [value for name, path in out.items() for value in ("--output", f"{name}={path}")]
    assert main(["check", str(root), "--rule", "missing-file", "--quiet", *arguments]) == 1
    assert "error missing-file kustomization.yaml:1:13" in capfd.readouterr().out
    assert [f["rule"] for f in json.loads(out["json"].read_text("utf-8"))["findings"]] == ["missing-file"]
    assert out["html"].read_text("utf-8").startswith("<!DOCTYPE html>")
    assert '<h2 id="layout-title">Layout</h2>' in out["html"].read_text("utf-8")
    assert out["junit"].read_text("utf-8").startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites')


def test_commands_reach_the_runner_and_other_formats_hold_none(
    write: Write, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    root = write({"kustomization.yaml": "resources: ['::warning::x']\n"})
    main(["check", str(root), "--rule", "missing-file", "--format", "github"])
    first = capfd.readouterr().out.splitlines()[0]
    assert first.startswith(
        "::error file=kustomization.yaml,line=1,col=13,title=gitlint-ops%3A missing-file::the resource"
    )
    main(["check", str(root), "--rule", "missing-file"])
    assert not any(line.lstrip().startswith("::") for line in capfd.readouterr().out.splitlines())
