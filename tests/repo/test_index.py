from __future__ import annotations

from gitlint_ops.repo.index import ObjectIndex, api_group
from gitlint_ops.repo.model import Declared, Delivery
from tests.repo.conftest import SurveyOf


def _source(path: str, namespace: str = "", parent: Delivery | None = None) -> Declared:
    metadata = {"name": "git", **({"namespace": namespace} if namespace else {})}
    data = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": metadata}
    return Declared(data, path, parent=parent)


def _index(*declared: Declared) -> ObjectIndex:
    index = ObjectIndex()
    for item in declared:
        index.add(item)
    return index


def test_the_nearest_file_is_preferred() -> None:
    prod, dev = _source("clusters/prod/flux/git.yaml"), _source("clusters/dev/flux/git.yaml")
    index = _index(prod, dev)
    assert index.find("GitRepository", "flux", "git", near="clusters/dev/apps.yaml") is dev
    assert index.find("GitRepository", "flux", "git", near="clusters/prod/apps.yaml") is prod
    assert index.find("GitRepository", "flux", "git") is prod


def test_the_namespace_counts_before_nearness() -> None:
    near, stated, other = _source("a/git.yaml"), _source("b/git.yaml", "flux"), _source("a/x.yaml", "other")
    index = _index(near, stated, other)
    assert index.find("GitRepository", "flux", "git", near="a/ks.yaml") is stated
    assert index.find("GitRepository", "default", "git", near="a/ks.yaml") is near
    assert _index(other).find("GitRepository", "flux", "git") is None


def test_an_object_of_the_same_parent_is_preferred() -> None:
    parents = [Delivery(name, "flux", "Kustomization", "", name) for name in ("one", "two")]
    one, two = (_source("base/git.yaml", "flux", parent) for parent in parents)
    index = _index(_source("base/git.yaml", "flux"), one, two)
    assert index.find("GitRepository", "flux", "git", parent=parents[1]) is two
    assert index.find("GitRepository", "flux", "git", near="base") is one


def test_the_group_is_told_apart() -> None:
    index = _index(_source("a.yaml"))
    assert index.find("GitRepository", "", "git", group="other.io") is None
    assert [d.path for d in index.all("GitRepository", "source.toolkit.fluxcd.io")] == ["a.yaml"]
    assert index.all("GitRepository", "other.io") == ()
    assert [api_group(v) for v in ("v1", "apps/v1", "builtin", None)] == ["", "apps", "builtin", ""]


def test_only_objects_that_may_be_applied_are_indexed(survey_of: SurveyOf) -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\n"
    context = survey_of(
        {
            "base/kustomization.yaml": "resources: [release.yaml]\n",
            "base/release.yaml": release,
            "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: values.yaml}, {path: gone.yaml}]\n",
            "prod/values.yaml": release,
            "prod/gone.yaml": "$patch: delete\n" + release,
            "kind.yaml": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n",
            "values.yaml": "replicas: 1\n",
            "two.yaml": f"{release}---\n{release}",
        }
    )
    found = sorted((d.path, d.document, d.line) for d in context.index)
    assert found == [("base/release.yaml", 0, 1), ("two.yaml", 0, 1), ("two.yaml", 1, 5)]
