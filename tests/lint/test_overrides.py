from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import ConfigError
from gitlint_ops.lint.model import Finding
from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
RULE = "mutable-image-tag"
DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
            - {name: web, image: "registry.example.com/web:latest"}
    """
FILES = {
    "apps/web/base/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/web/base/web.yaml": DEPLOYMENT,
    "apps/web/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "apps/web/overlays/stage/kustomization.yaml": "resources: [../../base]\n",
    "apps/web/overlays/prod/kustomization.yaml": "resources: [../../base]\n",
}
ALLOW = "{options: {allow: [registry.example.com/*]}}"


def findings(write: Write, *overrides: str, rules: str = "{}") -> tuple[Finding, ...]:
    entries = "".join(f"  - {entry}\n" for entry in overrides)
    config = f"rules: {rules}\noverrides:\n{entries}" if overrides else f"rules: {rules}\n"
    return run(write({**FILES, ".gitlint-ops.yaml": config}), RULE).findings


def shown(found: tuple[Finding, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.severity, item.environments) for item in found]


def test_without_overrides_one_finding_is_as_grave_as_its_gravest_environment(write: Write) -> None:
    assert shown(findings(write)) == [("error", ("dev", "stage", "prod"))]


def test_an_environment_is_taken_out_and_its_deliveries_with_it(write: Write) -> None:
    (found,) = findings(write, f"{{environments: [prod], rules: {{{RULE}: off}}}}")
    assert (found.severity, found.environments) == ("warning", ("dev", "stage"))
    assert [name for name in found.deliveries if "prod" in name] == []


SHARED = {
    "base/kustomization.yaml": "resources: [a.yaml]\n",
    "base/a.yaml": "kind: ConfigMap\n\tx: 1\n",
    **{
        f"{name}/kustomization.yaml": "resources: [../base]\n".replace("..", "../" * name.count("/") + "..")
        for name in ("overlays/dev", "overlays/prod", "other")
    },
}
"""A file that a rule judges by itself, once for all who read it."""


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("off", [("error", ("dev",), ("kustomize:other", "kustomize:overlays/dev"))]),
        (
            "info",
            [("error", ("dev", "prod"), ("kustomize:other", "kustomize:overlays/dev", "kustomize:overlays/prod"))],
        ),
    ],
)
def test_a_finding_of_several_environments_is_narrowed(write: Write, setting: str, expected: object) -> None:
    config = f"overrides: [{{environments: [prod], rules: {{invalid-yaml: {setting}}}}}]\n"
    found = run(write({**SHARED, ".gitlint-ops.yaml": config}), "invalid-yaml").findings
    assert [(item.severity, item.environments, item.deliveries) for item in found] == expected


def test_environments_may_be_globs(write: Write) -> None:
    assert shown(findings(write, f"{{environments: ['[ds]*'], rules: {{{RULE}: off}}}}")) == [("error", ("prod",))]


def test_a_severity_for_an_environment_counts_for_it_alone(write: Write) -> None:
    found = findings(write, f"{{environments: [prod], rules: {{{RULE}: info}}}}")
    assert shown(found) == [("warning", ("dev", "stage", "prod"))]


def test_a_path_that_does_not_fit_changes_nothing(write: Write) -> None:
    found = findings(write, f"{{paths: [apps/api], rules: {{{RULE}: off}}}}")
    assert shown(found) == [("error", ("dev", "stage", "prod"))]


@pytest.mark.parametrize("path", ["apps/web", "apps/web/base/", "apps/*/web.yaml", "**/web.yaml"])
def test_a_rule_is_off_for_a_path(write: Write, path: str) -> None:
    assert findings(write, f"{{paths: ['{path}'], rules: {{{RULE}: off}}}}") == ()


def test_path_and_environment_have_to_fit_both(write: Write) -> None:
    found = findings(write, f"{{paths: [apps/web], environments: [dev], rules: {{{RULE}: off}}}}")
    assert shown(found) == [("error", ("stage", "prod"))]


def test_the_last_override_that_fits_counts(write: Write) -> None:
    off = f"{{paths: [apps], rules: {{{RULE}: off}}}}"
    on = f"{{environments: [stage], rules: {{{RULE}: info}}}}"
    assert shown(findings(write, off, on)) == [("info", ("stage",))]


def test_a_rule_that_is_off_runs_where_an_override_wants_it(write: Write) -> None:
    found = findings(write, f"{{environments: [prod], rules: {{{RULE}: true}}}}", rules=f"{{{RULE}: off}}")
    assert shown(found) == [("error", ("prod",))]


def test_options_of_a_python_rule_vary_with_the_environment(write: Write) -> None:
    found = findings(write, f"{{environments: [prod], rules: {{{RULE}: {ALLOW}}}}}")
    assert shown(found) == [("warning", ("dev", "stage"))]


def test_options_of_a_cel_rule_vary_with_the_environment(write: Write) -> None:
    service = (
        "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort, ports: [{port: 80}]}\n"
    )
    forbid = "{environments: [prod], rules: {service-exposed: {options: {forbid: [NodePort]}}}}"
    write({"apps/web/base/service.yaml": service})
    files = {**FILES, "apps/web/base/kustomization.yaml": "resources: [web.yaml, service.yaml]\n"}
    root = write({**files, ".gitlint-ops.yaml": f"overrides: [{forbid}]\n"})
    assert shown(run(root, "service-exposed").findings) == [("warning", ("prod",))]


def test_a_configured_severity_goes_before_that_of_a_violation(write: Write) -> None:
    found = findings(write, rules=f"{{{RULE}: info}}")
    assert shown(found) == [("info", ("dev", "stage", "prod"))]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "{environments: [prd], rules: {mutable-image-tag: off}}",
            "overrides.0.environments: there is no environment 'prd'; did you mean 'prod'?",
        ),
        (
            "{paths: [a], rules: {mutable-image-tags: off}}",
            "overrides.0.rules: there is no rule 'mutable-image-tags'; did you mean 'mutable-image-tag'?",
        ),
        (
            "{paths: [a], rules: {mutable-image-tag: {options: {alow: []}}}}",
            "overrides.0.rules.mutable-image-tag.options: unknown option 'alow'; did you mean 'allow'?",
        ),
    ],
)
def test_what_is_misspelt_is_named(write: Write, override: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        findings(write, override)
    assert error.value.message == message
    assert error.value.line == 3
