"""A user's own rules through the command line: what runs, and what is refused before anything runs."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.cli import main

Write = Callable[[Mapping[str, str]], Path]
RULE = "policy/own/two-replicas.yaml"
HEAD = """\
name: two-replicas
category: own
severity: warning
confidence: high
summary: A thing.
why: Because.
fix: Change it.
"""
MATCH = "match: {kinds: [Deployment]}\nmessage: '{name} has {value}'\nfield: spec.replicas\n"
EXAMPLE = """\
examples:
  - name: bad
    files:
      apps/web.yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1, started: 2026-11-24}
    findings: []
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:v1.2.3
"""


def run(capfd: pytest.CaptureFixture[str], root: Path, *argv: str) -> tuple[int, str, str]:
    code = main(["check", str(root), "--quiet", *argv])
    out, err = capfd.readouterr()
    return code, out, err


def repository(write: Write, rule: str, config: str = "") -> Path:
    return write({".gitlint-ops.yaml": f"rule_folders: [policy]\n{config}", RULE: rule, "apps/web.yaml": DEPLOYMENT})


def test_a_cel_rule_runs(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = repository(write, HEAD + "cel: object.spec.replicas > 1\n" + MATCH)
    code, out, err = run(capfd, root, "--rule", "two-replicas", "--fail-on", "warning")
    assert (code, err) == (1, "")
    assert "warning two-replicas apps/web.yaml:5:13\n    web has 1\n" in out


@pytest.mark.parametrize(
    ("rule", "line", "message"),
    [
        (HEAD.replace("severity", "severty") + "cel: 'true'\n" + MATCH, 3, "unknown key 'severty'; did you mean 'seve"),
        (
            HEAD + "cel: object.spec.replicas >\n" + MATCH,
            8,
            "cel: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', ",
        ),
        (
            HEAD + "cel: |\n  object.spec.replicas > 1\n  && size(3) > 1\n" + MATCH,
            10,
            "cel: found no matching overload for 'size' applied to '(int)' (at column 8)",
        ),
        (
            HEAD + "cel: objct.spec.replicas > 1\n" + MATCH,
            8,
            "cel: undeclared reference to 'objct.spec.replicas' (at column 11); did you mean 'object'?",
        ),
        (HEAD + "cel: 1 + 1\n" + MATCH, 8, "cel: gives int, not true or false"),
        (
            HEAD + "cel: environment == 'prod'\n" + MATCH,
            8,
            "cel: found no matching overload for '_==_' applied to '(map(string, dyn), string)' (at column 13)",
        ),
        (
            HEAD + "cel: |\n  object.spec.replicas > 1\n  || !environment.prod\n" + MATCH,
            10,
            "cel: environment has no 'prod'; did you mean 'production'?",
        ),
        (
            HEAD
            + "options:\n  least: {type: integer, default: 2, description: Replicas.}\n"
            + "cel: object.spec.replicas >= options.leest\n"
            + MATCH,
            10,
            "cel: options has no 'leest'; did you mean 'least'?",
        ),
        (
            HEAD + "cel: container.image != ''\n" + MATCH,
            8,
            "cel: 'container' has no value here: match looks at each object, where an expression has environment, obj",
        ),
        (
            HEAD + "cel: |\n  has(object.spec)\n  && object.spec.paused\n" + MATCH + EXAMPLE,
            10,
            "cel: fails on Deployment web (apps/web.yaml of the example 'bad'): there is no 'paused'; read it with .?",
        ),
        (
            HEAD + "cel: object.metadata.name.matches('(')\n" + MATCH,
            8,
            "cel: matches('('): invalid regular expression: missing ): (",
        ),
        (
            HEAD + "check: images.mutable_image_tags\n",
            8,
            "'images' has no check 'mutable_image_tags'; did you mean 'mutable_image_tag'?",
        ),
        (HEAD + "check: imges.x\n", 8, "this program has no checks 'imges'; did you mean 'images'?"),
        (HEAD + "check: images.runs\n", 8, "'images' has no check 'runs'"),
        (HEAD + "check: images.partial\n", 8, "'images' has no check 'partial'"),
        (
            HEAD + "options:\n  least: {type: integer, default: two, description: How many.}\ncel: 'true'\n" + MATCH,
            9,
            'options.least.default: "two" is not of type "integer"',
        ),
    ],
)
def test_a_bad_rule_is_refused_at_its_line(
    write: Write, capfd: pytest.CaptureFixture[str], rule: str, line: int, message: str
) -> None:
    code, out, err = run(capfd, repository(write, rule))
    assert (code, out) == (2, "")
    assert f"{RULE}:{line}: " in err
    assert message in err


def test_an_endless_regular_expression_ends(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = repository(write, HEAD + "cel: '!object.metadata.annotations.text.matches(\"^(a+)+$\")'\n" + MATCH)
    text = DEPLOYMENT.replace("{name: web}", "{name: web, annotations: {text: " + "a" * 50_000 + "b}}")
    (root / "apps/web.yaml").write_text(text, "utf-8")
    started = time.process_time()
    code, _, err = run(capfd, root, "--rule", "two-replicas")
    assert (code, err) == (0, "")
    assert time.process_time() - started < 5


def test_an_endless_regular_expression_in_an_option_ends(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    config = "rules: {image-from-unknown-build: {options: {tag_pattern: '(v?[0-9.]*)*x'}}}\n"
    root = repository(write, HEAD + "cel: 'true'\n" + MATCH, config)
    tag = "v" + "1." * 60 + "y"
    (root / "apps/web.yaml").write_text(DEPLOYMENT.replace("v1.2.3", tag), "utf-8")
    code, out, err = run(capfd, root, "--rule", "image-from-unknown-build", "--fail-on", "never")
    assert (code, err) == (0, "")
    assert "which is not of the form" in out


def test_endless_comprehensions_are_an_error(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    many = "[" + ", ".join("1" * 50) + "]"
    text = f"{many}.all(a, {many}.all(b, {many}.all(c, {many}.all(d, true))))"
    code, out, err = run(capfd, repository(write, HEAD + f"cel: {text!r}\n" + MATCH))
    assert (code, out) == (2, "")
    assert f"{RULE}:8: cel: fails on Deployment web (apps/web.yaml): Iteration budget exceeded" in err


@pytest.mark.parametrize(
    ("expression", "line", "reason"),
    [
        ("object.spec.paused", 8, "there is no 'paused'; read it with .?paused and orValue(), or test it with has()"),
        (
            "|\n  // no zero\n  has(object.spec)\n  && object.spec.replicas > '0'\n",
            11,
            "'>' does not take int and string; convert one, or test it with type()",
        ),
        (
            "|\n  object.spec.replicas > 0\n  && object.spec.template.replicas > 0\n",
            8,
            "there is no 'replicas'; read it with .?replicas and orValue(), or test it with has()",
        ),
        (">\n  true\n  && object.spec.paused\n", 8, "there is no 'paused'"),
        ("object.spec.template.spec.containers[4].name == 'web'", 8, "Index error: index=4 size=1"),
    ],
)
def test_what_only_an_object_shows_is_told_with_both_places(
    write: Write, capfd: pytest.CaptureFixture[str], expression: str, line: int, reason: str
) -> None:
    code, out, err = run(capfd, repository(write, f"{HEAD}cel: {expression.rstrip()}\n{MATCH}"))
    assert (code, out) == (2, "")
    assert f"{RULE}:{line}: cel: fails on Deployment web (apps/web.yaml): {reason}" in err


@pytest.mark.parametrize(
    "examples",
    [
        EXAMPLE.replace("spec: {", "spec: {paused: true, "),
        EXAMPLE.replace("apps/web.yaml: |", "kustomization.yaml: ''\n      apps/web.yaml: |"),
        EXAMPLE.replace("kind: Deployment", "kind: StatefulSet"),
        EXAMPLE.replace("spec: {", "spec: ["),
    ],
    ids=["that fits", "that is built", "of another kind", "that is no YAML"],
)
def test_an_example_is_no_obstacle(write: Write, capfd: pytest.CaptureFixture[str], examples: str) -> None:
    root = repository(write, HEAD + "cel: object.spec.paused\n" + MATCH + examples)
    (root / "apps/web.yaml").write_text(
        DEPLOYMENT.replace("spec:\n  replicas", "spec:\n  paused: true\n  replicas"), "utf-8"
    )
    code, _, err = run(capfd, root, "--rule", "two-replicas")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "expression",
    [
        "object.spec.template.spec.containers.all(container, container.name != '')",
        "'options.typo' != 'container'  // role",
        "environment.production || object.spec.options.orValue(true)",
    ],
)
def test_names_that_only_look_like_variables_are_let_be(
    write: Write, capfd: pytest.CaptureFixture[str], expression: str
) -> None:
    root = repository(write, f"{HEAD}cel: {expression!r}\n{MATCH}".replace("spec.options.", "spec.?options."))
    code, _, err = run(capfd, root, "--rule", "two-replicas")
    assert (code, err) == (0, "")


def test_nothing_of_the_repository_is_imported(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = repository(write, HEAD + "check: two_replicas.check\n")
    marker = root / "executed"
    for folder in ("policy/own", "policy", "."):
        (root / folder / "two_replicas.py").write_text(f"open({str(marker)!r}, 'w')\n", "utf-8")
    code, _, err = run(capfd, root)
    assert (code, marker.exists()) == (2, False)
    assert "this program has no checks 'two_replicas'" in err


def test_a_check_of_ours_has_its_options(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    rule = HEAD + textwrap.dedent(
        """\
        options:
          registries: {type: array, default: [docker.io], description: Ours.}
        check: image_policies.image_registry_not_allowed
        """
    )
    code, out, err = run(capfd, repository(write, rule), "--rule", "two-replicas", "--fail-on", "never")
    assert (code, err) == (0, "")
    assert "registry.example.com/web comes from registry.example.com, which is not allowed here" in " ".join(
        out.split()
    )


def test_a_rule_folder_that_leads_out_is_refused(
    write: Write, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = write({".gitlint-ops.yaml": "rule_folders: [../elsewhere]\n", "apps/web.yaml": DEPLOYMENT})
    (tmp_path / "elsewhere/own").mkdir(parents=True)
    (tmp_path / "elsewhere/own/two-replicas.yaml").write_text(HEAD, "utf-8")
    code, _, err = run(capfd, root)
    assert code == 2
    assert "rule_folders: '../elsewhere' leads out of the repository" in err


def test_an_unknown_profile_is_refused(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write({"apps/web.yaml": DEPLOYMENT})
    code, out, err = run(capfd, root, "--profile", "strct")
    assert (code, out) == (2, "")
    assert "there is no profile 'strct'; did you mean 'strict'?" in err


def test_a_profile_turns_rules_on(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    root = write({"apps/web.yaml": DEPLOYMENT})
    _, recommended, _ = run(capfd, root)
    _, strict, _ = run(capfd, root, "--profile", "strict")
    assert "memory-limit-missing" not in recommended
    assert "memory-limit-missing" in strict
