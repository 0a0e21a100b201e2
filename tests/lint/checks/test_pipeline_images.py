from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings


def pushed(root: Path, commands: str, trigger: str = "{push: {branches: [main]}}") -> int:
    lines = "".join(f"          {line}\n" for line in commands.split("\n"))
    text = f"on: {trigger}\njobs:\n  build:\n    steps:\n      - run: |\n{lines}"
    return len(findings(root, {".github/workflows/a.yaml": text}, "ci-mutable-push"))


@pytest.mark.parametrize(
    "commands",
    [
        "docker push ghcr.io/a/web",
        "docker push ghcr.io/a/web:latest",
        "docker buildx build --push -t ghcr.io/a/web:main .",
        "docker buildx build --output type=image,push=true -t ghcr.io/a/web:main .",
        "buildah push web ghcr.io/a/web:stable",
        "/kaniko/executor --destination=ghcr.io/a/web:dev",
        "skopeo copy docker://ghcr.io/b/web:1.2.3 docker://ghcr.io/a/web:prod",
        "./gradlew jib --image=ghcr.io/a/web:latest",
        "ko build --tags latest ./cmd/web",
        "docker push ghcr.io/a/web:$GITHUB_REF_NAME",
        "TAG=latest\ndocker push ghcr.io/a/web:$TAG",
    ],
)
def test_only_a_moving_tag(tmp_path: Path, commands: str) -> None:
    assert pushed(tmp_path, commands) == 1


@pytest.mark.parametrize(
    "commands",
    [
        "docker build -t ghcr.io/a/web:latest .",
        "docker push ghcr.io/a/web:$GITHUB_SHA\ndocker push ghcr.io/a/web:latest",
        "docker push ghcr.io/a/web:1.2.3",
        "docker push ghcr.io/a/web:main-${{ github.run_number }}",
        "docker push ghcr.io/a/web:$(git rev-parse --short HEAD)",
        "docker push $IMAGE",
        "docker push localhost:5000/web:latest",
        "docker pull ghcr.io/a/web:1.2.3\ndocker push ghcr.io/a/web:latest",
        "skopeo copy docker://ghcr.io/a/web:1.2.3 docker://ghcr.io/a/web:prod",
        "ko build ./cmd/web",
        "docker push ghcr.io/a/web:latest\ncrane digest ghcr.io/a/web:latest",
        "docker buildx build -t ghcr.io/a/web:latest --push=false .",
    ],
)
def test_a_name_that_stays(tmp_path: Path, commands: str) -> None:
    assert pushed(tmp_path, commands) == 0


def test_the_branch_is_a_version_where_tags_start_the_pipeline(tmp_path: Path) -> None:
    assert pushed(tmp_path, "docker push a/web:${{ github.ref_name }}", "{push: {tags: ['v*']}}") == 0


def test_previews_of_pull_requests_are_left_alone(tmp_path: Path) -> None:
    assert pushed(tmp_path, "docker push a/web:latest", "pull_request") == 0
