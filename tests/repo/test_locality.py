from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.repo.locality import Locality, build_locality, normalise_url
from gitlint_ops.source import open_tree
from tests.repo.conftest import SurveyOf

HINT = "(set repository.urls in .gitlint-ops.yaml to be sure)"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Acme/Shop",
        "https://github.com/acme/shop.git",
        "https://github.com/acme/shop/",
        "https://user:secret@github.com:443/acme/shop.git",
        "http://www.github.com/acme/shop",
        "git@github.com:acme/shop.git",
        "git@github.com/acme/shop.git",
        "github.com:acme/shop",
        "ssh://git@github.com/acme/shop",
        "ssh://git@ssh.github.com:443/acme/shop.git",
        "git::https://github.com/acme/shop?ref=main",
        " https://GITHUB.com//acme//shop.git/ ",
    ],
)
def test_all_spellings_are_one(url: str) -> None:
    assert normalise_url(url) == "github.com/acme/shop"


def test_other_hosts_own_spellings() -> None:
    azure = ["https://org@dev.azure.com/org/project/_git/repo", "git@ssh.dev.azure.com:v3/org/project/repo"]
    assert [normalise_url(url) for url in azure] == ["dev.azure.com/org/project/repo"] * 2
    bitbucket = ["https://git.acme.com/scm/key/repo.git", "ssh://git@git.acme.com:7999/key/repo.git"]
    assert [normalise_url(url) for url in bitbucket] == ["git.acme.com/key/repo"] * 2


@pytest.mark.parametrize("url", ["", "/srv/git/shop", "../shop", "file:///srv/git/shop.git", "C:\\git\\shop", "shop"])
def test_a_path_names_no_host(url: str) -> None:
    assert normalise_url(url) == ""


def _locality(
    write: Callable[[Mapping[str, str]], Path],
    remote: str = "",
    sources: tuple[tuple[str, str], ...] = (),
    configured: tuple[str, ...] = (),
) -> Locality:
    root = write({"apps/web/a.yaml": "", "apps/api/a.yaml": ""})
    if remote:
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "remote", "add", "origin", remote], cwd=root, check=True)
    with EngineClient(root, workers=1) as engine:
        return build_locality(open_tree(root, engine, Config()), configured, sources)


Write = Callable[[Mapping[str, str]], Path]


def test_a_remote_is_local_and_forbids_guessing(write: Write) -> None:
    own, other = "https://github.com/acme/shop", "https://github.com/acme/other"
    locality = _locality(write, "git@github.com:acme/shop.git", ((own, "apps/web"), (other, "apps/web")))
    assert locality.judge(own, "apps/gone") == "local"
    assert locality.judge(other, "apps/web") == "foreign"
    assert locality.urls == (own,)
    assert locality.assumptions == ()


def test_a_fork_is_assumed(write: Write) -> None:
    own, fork = "https://github.com/acme/shop", "https://github.com/someone/shop"
    locality = _locality(write, own, ((own, "apps/web"),))
    assert locality.judge(fork, "apps/web") == "assumed"
    assert locality.judge(fork.replace("someone", "another"), "apps/gone") == "foreign"
    assert locality.assumptions == (
        f"{fork} is taken for this repository: it has the name of github.com/acme/shop {HINT}",
    )


def test_a_mirror_on_disk_is_no_evidence(write: Write) -> None:
    url = "https://github.com/acme/shop"
    locality = _locality(
        write, "/srv/mirror/elsewhere", ((url, "apps/web"), ("https://github.com/acme/lib", "charts/x"))
    )
    assert locality.judge(url, "apps/web") == "assumed"
    assert locality.judge(url + ".git", "apps/gone") == "assumed"
    assert locality.judge("https://github.com/acme/lib", "apps/web") == "foreign"
    assert locality.assumptions == (f"{url} is taken for this repository: its path 'apps/web' exists here {HINT}",)


def test_an_assumption_shows_no_credential(write: Write) -> None:
    locality = _locality(write)
    assert locality.judge("https://bot:hunter2@x.example/acme/shop", "apps/web") == "assumed"
    assert locality.assumptions == (
        f"https://x.example/acme/shop is taken for this repository: its path 'apps/web' exists here {HINT}",
    )


def test_the_url_with_most_paths_here_is_chosen(write: Write) -> None:
    lib, own = "https://a.example/acme/lib", "https://z.example/acme/shop"
    locality = _locality(write, "", ((lib, "apps/web"), (own, "apps/web"), (own, "./apps/api"), (lib, ".")))
    assert locality.judge(lib, "apps/web") == "foreign"
    assert locality.judge(own, "apps/web") == "assumed"


def test_without_known_sources_the_first_whose_path_exists_is_assumed(write: Write) -> None:
    locality = _locality(write)
    assert locality.judge("https://x.example/acme/root", ".") == "foreign"
    assert locality.judge("https://x.example/acme/shop", "/apps/web") == "assumed"
    assert locality.judge("https://x.example/acme/other", "apps/web") == "foreign"


def test_what_has_the_name_of_the_chosen_url_is_assumed_where_its_path_exists(write: Write) -> None:
    chosen, other = "https://x.example/acme/shop", "http://host.internal:8081/shop.git"
    locality = _locality(write, "", ((chosen, "apps/web"), (chosen, "apps/api"), (other, "apps/web")))
    assert locality.judge(other, "apps/web") == "assumed"
    assert locality.judge("https://y.example/acme/shop", "apps/gone") == "foreign"
    assert locality.judge("https://y.example/acme/shop", ".") == "foreign"
    assert locality.judge(chosen, "apps/gone") == "assumed"
    assert locality.assumptions == (
        f"{other} is taken for this repository: it has the name of x.example/acme/shop {HINT}",
        f"{chosen} is taken for this repository: its path 'apps/web' exists here {HINT}",
    )


def test_the_name_of_the_checkout_speaks_for_a_url(write: Write) -> None:
    url = "https://x.example/acme/repo"
    locality = _locality(write)
    assert locality.judge(url, ".") == "assumed"
    assert locality.assumptions == (
        f"{url} is taken for this repository: it has the name of the checkout's folder {HINT}",
    )


def test_configured_urls_leave_nothing_to_assume(write: Write) -> None:
    locality = _locality(write, configured=("ssh://git@git.acme.com/shop.git",))
    assert locality.judge("https://git.acme.com/shop", "nowhere") == "local"
    assert locality.judge("https://github.com/acme/other", "apps/web") == "foreign"
    assert locality.assumptions == ()


def test_sources_of_flux_and_argo_objects_vote(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "clusters/prod/source.yaml": """
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: GitRepository
                metadata: {name: flux-system, namespace: flux-system}
                spec: {url: ssh://git@github.com/acme/fleet}
                """,
            "clusters/prod/apps.yaml": """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: apps, namespace: flux-system}
                spec: {path: ./clusters/prod, sourceRef: {kind: GitRepository, name: flux-system}}
                """,
            "set.yaml": """
                apiVersion: argoproj.io/v1alpha1
                kind: ApplicationSet
                metadata: {name: set}
                spec:
                  generators:
                    - matrix:
                        generators:
                          - git: {repoURL: https://github.com/acme/apps, directories: [{path: "clusters/*"}]}
                  template: {spec: {source: {repoURL: https://github.com/acme/apps, path: "{{path}}"}}}
                """,
        }
    )
    assert set(context.locality.sources) == {
        ("https://github.com/acme/apps", "clusters"),
        ("https://github.com/acme/apps", "{{path}}"),
        ("ssh://git@github.com/acme/fleet", "./clusters/prod"),
        ("ssh://git@github.com/acme/fleet", ""),
    }
