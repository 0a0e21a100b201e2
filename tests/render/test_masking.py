"""Credentials are taken out of what a failed rendering says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.render.masking import credentials_in, masked
from gitlint_ops.repo.model import Delivery, HelmUnit, ValueLayer
from gitlint_ops.source import SourceTree


def test_credentials_by_key_by_name_and_in_secrets() -> None:
    value = {
        "password": "by-key",
        "nested": [{"name": "API_TOKEN", "value": "by-name"}, {"name": "MODE", "value": "plain"}],
        "auth": {"kind": "Secret", "stringData": {"anything": "in-a-secret"}},
        "pin_code": "x",
    }
    assert list(credentials_in(value)) == ["by-key", "by-name", "in-a-secret"]


def test_a_reason_quotes_no_credential_of_files_layers_and_declaration(
    open_files: Callable[[Mapping[str, str]], SourceTree],
) -> None:
    tree = open_files({"chart/values.yaml": "password: first-one\n", "prod.yaml": "token: second-one\n"})
    layers = (ValueLayer("file", "prod.yaml"), ValueLayer("inline", {"password": "third-one"}))
    unit = HelmUnit("chart", "a", "b", layers=layers)
    delivery = Delivery("a", "argocd", "Application", "", "a", object={"password": "first-one-longer"})
    reason = "first-one-longer, first-one, second-one and third-one are refused"
    assert masked(reason, tree, unit, delivery) == "***, ***, *** and *** are refused"
