from __future__ import annotations

import pytest

from gitlint_ops.engine import EngineError
from gitlint_ops.render.failure import MAX_REASON, root_cause, unread_files, unrendered
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit, Unrendered, ValueLayer
from gitlint_ops.source import Span

SPAN = Span("apps/web.yaml", 3)
DELIVERY = Delivery("web", "argocd", "Application", "argocd", "web", span=SPAN)
LOOSE = Delivery("web", "none", "helm", "", "web", span=SPAN)


MALFORMED = "MalformedYAMLError: yaml: mapping values are not allowed in this context in File: bad.yaml"
NESTED = f"""\
accumulating resources: accumulation err='accumulating resources from '../l2': 'l2' must resolve to a file': \
recursed accumulation of path 'l2': accumulating resources: accumulation err='accumulating resources from '../e': \
'e' must resolve to a file': recursed accumulation of path 'e': accumulating resources: accumulating resources from \
'bad.yaml': {MALFORMED}"""
REPEATED = (
    "merging resources from 'd2.yaml': may not add resource with an already registered id: ConfigMap.v1.[noGrp]/x"
)
AS_FILE = f"""\
accumulating resources: accumulation err='{REPEATED}': must build at directory: 's/d2.yaml': file is not directory"""
NO_COMPONENT = """\
accumulating components: loader.New "must build at directory: not a valid directory: evalsymlink failure on 'gone' : \
lstat gone: no such file or directory\""""
TEMPLATE = 'a.yaml:1:13\n  executing "a.yaml" at <.Values.foo.bar>:\n    nil pointer'
UNKNOWN = 'invalid Kustomization: json: unknown field "foo"'


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (NESTED, MALFORMED),
        (AS_FILE, REPEATED),
        (NO_COMPONENT, "lstat gone: no such file or directory"),
        (TEMPLATE, 'a.yaml:1:13 executing "a.yaml" at <.Values.foo.bar>: nil pointer'),
        (UNKNOWN, UNKNOWN),
        ("'a' and 'b' differ", "'a' and 'b' differ"),
    ],
)
def test_the_deepest_cause_is_left(message: str, cause: str) -> None:
    assert root_cause(message) == cause


def test_a_long_cause_is_cut() -> None:
    assert root_cause("x" * 5000) == "x" * (MAX_REASON - 1) + "…"


def test_a_plugin_is_not_run_and_the_unit_is_skipped() -> None:
    message = (
        "loading generator plugins: failed to load generator: external plugins disabled; unable to load external "
        "plugin 'ksops'"
    )
    found = unrendered(KustomizeUnit("apps/web"), EngineError("failed", message), DELIVERY)
    assert not found.failed
    assert found.reason == ("needs the Kustomize plugin 'ksops', a program that is not run here: checked as files only")


def test_a_remote_base_is_skipped_and_says_what_would_help() -> None:
    error = EngineError(
        "needs-network", "no git", path="apps/web/kustomization.yaml", line=2, url="https://example.com/b?ref=v1"
    )
    assert unrendered(KustomizeUnit("apps/web"), error, DELIVERY) == Unrendered(
        "kustomize",
        "apps/web",
        "needs https://example.com/b?ref=v1 from the network: run 'gitlint-ops vendor' to fetch it",
        SPAN,
        failed=False,
        error_kind="needs-network",
        error_path="apps/web/kustomization.yaml",
        error_line=2,
    )


def test_a_missing_dependency_names_the_folder_to_fill() -> None:
    error = EngineError("needs-network", "found in Chart.yaml, but missing", url="https://charts.example.com")
    assert unrendered(HelmUnit("charts/web", "web", "web"), error, DELIVERY).reason == (
        "needs https://charts.example.com from the network: run 'gitlint-ops vendor' to fetch it"
    )


NO_FILE = "evalsymlink failure on 'base' : lstat base: no such file or directory"
NO_KUSTOMIZATION = """\
couldn't make target for path 'base': unable to find one of 'kustomization.yaml', 'kustomization.yml' or \
'Kustomization' in directory 'base'"""


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (NO_FILE, "'base' does not exist"),
        (NO_KUSTOMIZATION, "'base' has no kustomization.yaml, kustomization.yml or Kustomization"),
    ],
)
def test_a_missing_file_fails_by_its_name(message: str, reason: str) -> None:
    found = unrendered(KustomizeUnit("apps/web"), EngineError("missing-file", message, path="base"), DELIVERY)
    assert (found.reason, found.failed, found.error_path) == (reason, True, "base")


REQUIRED = "execution error at (web/templates/a.yaml:1:3): domain is required"


def test_a_chart_that_nothing_delivers_may_need_values_that_are_not_here() -> None:
    found = unrendered(HelmUnit("charts/web", "web", "web"), EngineError("failed", REQUIRED), LOOSE)
    assert (found.reason, found.failed) == (
        f"nothing here delivers this chart, and its default values do not suffice: {REQUIRED}",
        False,
    )


def test_values_files_that_no_delivery_of_the_chart_reads_may_lack_what_the_others_are_given() -> None:
    unit = HelmUnit("charts/web", "web", "web", (ValueLayer("file", "values-prod.yaml"),))
    found = unrendered(unit, EngineError("failed", REQUIRED), LOOSE, is_spare=True)
    assert (found.reason, found.failed) == (
        f"no delivery of this chart reads these values, and they do not suffice: {REQUIRED}",
        False,
    )


@pytest.mark.parametrize(
    ("layers", "message", "delivery"),
    [
        ((), REQUIRED, DELIVERY),
        ((ValueLayer("file", "values-prod.yaml"),), REQUIRED, LOOSE),
        ((), "parse error at (web/templates/a.yaml:1): unclosed action", LOOSE),
    ],
)
def test_a_chart_fails_by_what_is_here(layers: tuple[ValueLayer, ...], message: str, delivery: Delivery) -> None:
    found = unrendered(HelmUnit("charts/web", "web", "web", layers), EngineError("failed", message), delivery)
    assert (found.reason, found.failed) == (message, True)


def test_jsonnet_is_named_as_not_evaluated() -> None:
    reasons = {
        "a/web.jsonnet": "jsonnet is not rendered",
        "a/left-out.jsonnet": "it holds the marker +argocd:skip-file-rendering",
        "a/values.yaml": "it holds no Kubernetes object",
    }
    answer = {"skipped": [{"path": path, "reason": reason} for path, reason in reasons.items()]}
    assert list(unread_files(answer)) == [
        Unrendered(
            "jsonnet",
            "a/web.jsonnet",
            "jsonnet is not evaluated; commit the manifests that it gives",
            Span("a/web.jsonnet", 1),
        )
    ]


def test_no_credential_of_a_url_is_said() -> None:
    url = "https://bot:hunter2@charts.example.com/x"
    found = unrendered(HelmUnit("web", "web", "web"), EngineError("needs-network", "no", url=url), DELIVERY)
    assert found.reason == ("needs https://charts.example.com/x from the network: run 'gitlint-ops vendor' to fetch it")
    assert root_cause(f"cannot fetch '{url}'") == "cannot fetch 'https://charts.example.com/x'"


def test_a_git_lfs_pointer_is_content_that_is_not_here() -> None:
    message = "'big.yaml' is a Git LFS pointer, not the file itself: run 'git lfs pull'"
    found = unrendered(KustomizeUnit("apps/web"), EngineError("lfs-pointer", message, path="big.yaml"), DELIVERY)
    assert (found.failed, found.reason) == (False, message)
