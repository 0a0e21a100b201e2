from __future__ import annotations

import yaml

from gitlint_ops.report.starter import render_starter
from tests.report.test_formats import HOSTILE

LAYOUT = {
    "environments": [
        {"name": "dev", "production": False, "rank": 1},
        {"name": "prod", "production": True, "rank": 2},
    ],
    "deliveries": [{"cluster": "prod-eu"}, {"cluster": ""}, {"cluster": "prod-eu"}],
}


def test_environments_are_set_and_the_rest_is_shown() -> None:
    text = render_starter(LAYOUT, ["git.example.com/platform/gitops"])
    assert yaml.safe_load(text) == {
        "environments": {"dev": {"production": False, "rank": 1}, "prod": {"production": True, "rank": 2}}
    }
    assert '#   urls: ["git.example.com/platform/gitops"]\n' in text
    assert text.count('#   - {name: "prod-eu", labels: {env: prod}}\n') == 1


def test_an_empty_repository_gives_examples_alone() -> None:
    assert yaml.safe_load(render_starter({"environments": [], "deliveries": []}, [])) is None


def test_every_example_is_configuration_once_its_comment_goes() -> None:
    text = render_starter({"environments": [], "deliveries": []}, [])
    shown = [line[2:] for line in text.splitlines() if line.startswith("# ") and (line[2] == " " or line.endswith(":"))]
    given = yaml.safe_load("\n".join(shown))
    assert list(given) == [
        "repository",
        "environments",
        "clusters",
        "kubernetes",
        "substitutions",
        "rules",
        "suppressions",
    ]


def test_hostile_names_stay_names() -> None:
    for name in HOSTILE.values():
        text = render_starter({"environments": [{"name": name, "production": False, "rank": 1}], "deliveries": []}, [])
        (given,) = yaml.safe_load(text)["environments"]
        assert given == name.encode("utf-8", "backslashreplace").decode()
