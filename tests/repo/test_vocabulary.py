from __future__ import annotations

import pytest

from gitlint_ops.repo import vocabulary


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("prod", 5),
        ("prod-eu", 5),
        ("ocp-prod-smaug", 5),
        ("LIVE", 5),
        ("prd01", 5),
        ("pre-prod", 4),
        ("preprod", 4),
        ("stg", 4),
        ("uat", 3),
        ("load-gpu", 3),
        ("integration-non-gpu", 2),
        ("non-prod", 1),
        ("nonprod-eu", 1),
        ("dev2", 1),
        ("sandbox", 0),
        ("latest", None),
        ("livenessprobe", None),
        ("printer", None),
        ("product-catalog", None),
        ("home", None),
    ],
)
def test_rank_is_told_by_whole_tokens(name: str, rank: int | None) -> None:
    assert vocabulary.rank_of(name) == rank


@pytest.mark.parametrize("name", ["prod", "prod-eu-1", "eks-staging", "non-prod", "dev.us-east-1"])
def test_names_of_environments(name: str) -> None:
    assert vocabulary.is_environment_name(name)


@pytest.mark.parametrize("name", ["web-prod", "local-storage", "test-operator", "live-chat", "base", "eu", ""])
def test_names_of_other_things(name: str) -> None:
    assert not vocabulary.is_environment_name(name)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("web-prod", "prod"),
        ("web-prod-eu", "prod-eu"),
        ("web-prod-2", "prod"),
        ("staging-web", "staging"),
        ("web-dev", "dev"),
        ("web-pre-prod", "pre-prod"),
        ("pre-prod-web", "preprod"),
        ("dev-spaces", ""),
        ("local-storage-operator", ""),
        ("integration-service", ""),
        ("letsencrypt-prod", ""),
        ("web", ""),
    ],
)
def test_environment_carried_by_a_longer_name(name: str, word: str) -> None:
    assert vocabulary.word_in_name(name) == word


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("minikube", True),
        ("prod-v2", True),
        ("prod.example.com", True),
        ("base", False),
        ("default", False),
        ("stable-2.6", False),
        ("v7.12", False),
        ("amq-streams-1.8.x", False),
        (".hidden", False),
        ("{{cookiecutter.env}}", False),
        ("<CLUSTER_NAME>", False),
    ],
)
def test_folders_that_may_be_environments(name: str, told: bool) -> None:
    assert vocabulary.may_be_environment(name) is told


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("values-prod.yaml", "prod"),
        ("values.prod.yml", "prod"),
        ("values_prod-eu.yaml", "prod-eu"),
        ("prod-values.yaml", "prod"),
        ("prod.values.yaml", "prod"),
        ("values.yaml", ""),
        ("myvalues.yaml", ""),
        ("values.schema.json", ""),
    ],
)
def test_suffix_of_a_values_file(name: str, suffix: str) -> None:
    assert vocabulary.values_suffix(name) == suffix
