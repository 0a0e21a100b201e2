from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

RULE = "dangling-config-reference"
THERE = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: shop}
    data: {level: info}
    binaryData: {logo.png: aGk=}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: login, namespace: shop}
    stringData: {user: ENC}
    """


def web(container: str = "", spec: str = "") -> str:
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: web, namespace: shop}}
        spec:
          template:
            spec:
              containers:
                - name: web
                  image: registry.example.com/web:1.4.2
                  {container}
              {spec}
        """


def key(kind: str, name: str, entry: str, more: str = "") -> str:
    return f"env: [{{name: A, valueFrom: {{{kind}KeyRef: {{name: {name}, key: {entry}{more}}}}}}}]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (web(key("configMap", "settings", "level")), ""),
        (web(key("configMap", "settings", "logo.png")), ""),
        (web(key("configMap", "settings", "levle")), "did you mean 'level'?"),
        (web(key("secret", "login", "password")), "its entries are user"),
        (web(key("secret", "login", "password", ", optional: true")), ""),
        (web(key("configMap", "${NAME}", "level")), ""),
        (web(spec="volumes: [{name: a, configMap: {name: settings, items: [{key: lvl, path: a}]}}]"), "'lvl'"),
        (web(spec="volumes: [{name: a, secret: {secretName: login, items: [{key: user, path: a}]}}]"), ""),
        (web(spec="volumes: [{name: a, secret: {secretName: logni}}]"), "did you mean 'login'?"),
        (web(spec="volumes: [{name: a, projected: {sources: [{configMap: {name: other}}]}}]"), "Add it, or name it"),
        (
            web(
                "volumeMounts: [{name: a, mountPath: /a, subPath: logo.svg}]",
                "volumes: [{name: a, configMap: {name: settings}}]",
            ),
            "an empty folder is mounted in its place; did you mean 'logo.png'?",
        ),
        (web("args: [--config-map=made-here]", "volumes: [{name: a, configMap: {name: made-here}}]"), ""),
        (web(spec="volumes: [{name: a, configMap: {name: kube-root-ca.crt}}]"), ""),
    ],
)
def test_what_pods_use(text: str, message: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/web.yaml": text, "web/there.yaml": THERE}, RULE)
    assert len(found) == bool(message)
    assert all(message in item.message for item in found)


@pytest.mark.parametrize(
    ("secrets", "count"), [(("login", "token"), 1), (("token",), 0), (("login", "token", "other"), 0)]
)
def test_secrets_that_git_does_not_hold(secrets: tuple[str, ...], count: int, tmp_path: Path) -> None:
    used = ", ".join(f"{{secretRef: {{name: {name}}}}}" for name in secrets)
    files = {"web/web.yaml": web(f"envFrom: [{used}]"), "web/there.yaml": THERE}
    assert len(findings(tmp_path, files, RULE)) == count


@pytest.mark.parametrize(("name", "count"), [("web-token", 0), ("web-other", 1)])
def test_an_operator_that_nobody_knows_may_make_the_secret_of_its_objects_name(
    name: str, count: int, tmp_path: Path
) -> None:
    token = f"""
        apiVersion: tokens.example.org/v1
        kind: ServiceToken
        metadata: {{name: {name}}}
        spec: {{service: web}}
        """
    used = web("envFrom: [{secretRef: {name: login}}, {secretRef: {name: web-token}}]")
    assert (
        len(findings(tmp_path, {"web/web.yaml": used, "web/there.yaml": THERE, "web/token.yaml": token}, RULE)) == count
    )


@pytest.mark.parametrize(("makes", "target", "count"), [(True, "", 1), (False, "", 0), (True, "shop", 0)])
def test_who_makes_a_namespace_fills_it(makes: bool, target: str, count: int, tmp_path: Path) -> None:
    source = "{repoURL: https://git.example.com/other.git, path: ., targetRevision: v1}"
    foreign = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: other, namespace: argocd}}
        spec:
          project: default
          source: {source}
          destination: {{server: https://kubernetes.default.svc, namespace: "{target}"}}
        """
    own = foreign.replace("name: other", "name: web").replace(
        source, source.replace("other.git, path: .", "own.git, path: web")
    )
    files = {
        "web/web.yaml": web("envFrom: [{configMapRef: {name: absent}}]"),
        "argocd/a.yaml": foreign,
        "argocd/b.yaml": own,
    }
    files[".gitlint-ops.yaml"] = "repository: {urls: [https://git.example.com/own.git]}"
    if makes:
        files["web/namespace.yaml"] = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
    assert len(findings(tmp_path, files, RULE)) == count


def test_no_value_of_a_secret_is_told(tmp_path: Path) -> None:
    files = {"web/web.yaml": web(key("secret", "login", "usr")), "web/there.yaml": THERE.replace("ENC", "hunter2")}
    (found,) = findings(tmp_path, files, RULE)
    assert "hunter2" not in repr(found)
