"""Commands that push container images: which names and tags they push, and which they know to exist already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.repo.pipelines.arguments import UNEXPANDED, Arguments, parse_arguments, words_in
from gitlint_ops.repo.pipelines.commands import Command

_DOCKER_VALUES = words_in(
    """-t --tag -f --file --build-arg --platform --cache-from --cache-to --output -o --target --secret --label
    --builder --progress --registry -r --network --add-host --ssh --provenance --sbom --metadata-file --iidfile
    --annotation --build-context --authfile --creds --dest-creds --src-creds --digestfile --format"""
)
_LOCAL = re.compile(
    r"^(localhost|127\.0\.0\.1|host\.docker\.internal|kind-registry|registry)(:\d+)?/|^[\w.-]+\.local(:\d+)?/"
)
_REFERENCE = re.compile(
    rf"(?P<name>(?>{UNEXPANDED}|:\d+/|[^:@])+)(?::(?P<tag>(?>{UNEXPANDED}|[^:@])*))?(?:@(?P<digest>.+))?$"
)
_JIB = re.compile(r"-D(?:jib\.to\.(?P<key>image|tags)|image)=(?P<value>\S+)|--image=(?P<image>\S+)")


@dataclass(frozen=True, slots=True)
class PushedImage:
    """One image reference of a push. ``written`` is all of it; ``tag`` is '' where none is named."""

    command: Command
    name: str
    tag: str
    written: str
    digest: bool = False
    exists: bool = False
    """Whether the command only reads this reference: it was pushed before."""


def pushed_images(command: Command) -> Iterator[PushedImage]:
    """Give the images that a command pushes, and those that it takes from a registry; none of a local registry."""
    read = _READERS.get(command.program)
    for written, exists in read(command) if read else ():
        text = written.removeprefix("docker://").removeprefix("oci://")
        found = _REFERENCE.match(text)
        if found and not _LOCAL.match(text):
            yield PushedImage(command, found["name"], found["tag"] or "", text, bool(found["digest"]), exists)


Found = Iterator[tuple[str, bool]]


def _docker(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], _DOCKER_VALUES)
    words = [word for word in arguments.positional if word not in ("image", "manifest", "builder")]
    verb = words[0] if words else ""
    if verb == "push" and len(words) > 1:
        # `buildah push` and `podman push` take the destination last.
        yield (words[-1], False) if not arguments.has("-a", "--all-tags") else (words[-1], True)
    elif verb == "pull" and len(words) > 1:
        yield words[1], True
    elif words[:3] == ["buildx", "imagetools", "create"]:
        yield from ((tag, False) for tag in arguments.values("-t", "--tag"))
        yield from ((word, True) for word in words[3:])
    elif "build" in words[:2] and _pushes(arguments):
        yield from ((tag, False) for tag in arguments.values("-t", "--tag"))


def _pushes(arguments: Arguments) -> bool:
    """Whether a build pushes what it tags; a push by digest needs no tag."""
    outputs = " ".join(arguments.values("--output", "-o"))
    if "push-by-digest=true" in outputs:
        return False
    flag = arguments.options.get("--push", ["false"])[-1]
    return flag != "false" or "type=registry" in outputs or "push=true" in outputs


def _copy(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], _DOCKER_VALUES)
    verb, *rest = arguments.positional or ("",)
    if verb in ("copy", "cp", "sync") and len(rest) > 1:
        yield rest[0], True
        yield rest[1], False
    elif verb == "tag" and len(rest) > 1:
        name = rest[0].partition("@")[0]
        found = _REFERENCE.match(name)
        yield rest[0], True
        yield f"{found['name'] if found else name}:{rest[1]}", False
    elif verb == "push" and len(rest) > 1:
        yield rest[1], False


def _kaniko(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], ("--destination", "-d", "--context", "--dockerfile"))
    if not arguments.has("--no-push"):
        yield from ((value, False) for value in arguments.values("--destination", "-d"))


def _ko(command: Command) -> Found:
    """Give the tags of ``ko build``; without any, what ko prints and uses is the digest."""
    arguments = parse_arguments(command.words[1:], ("--tags", "-t", "--platform", "--sbom"))
    if arguments.positional[:1] in (("build",), ("publish",)) and not arguments.has("--local", "-L"):
        name = arguments.positional[-1]
        yield from ((f"{name}:{tag}", False) for tag in arguments.values("--tags", "-t"))


def _jib(command: Command) -> Found:
    text = " ".join(command.words)
    if not re.search(r"\bjib(:build)?(\s|$)|:jib(\s|$)", text):
        return
    image, tags = "", list[str]()
    for found in _JIB.finditer(text):
        if found["key"] == "tags":
            tags += found["value"].split(",")
        else:
            image = found["image"] or found["value"]
    if image:
        name = _REFERENCE.match(image)
        yield image, False
        yield from ((f"{name['name'] if name else image}:{tag}", False) for tag in tags)


def _pack(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], ("--builder", "--path", "-t", "--tag", "-B", "-p"))
    if arguments.positional[:1] == ("build",) and arguments.has("--publish") and len(arguments.positional) > 1:
        yield arguments.positional[1], False
        yield from ((tag, False) for tag in arguments.values("-t", "--tag"))


def _cloud(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], ("--tag", "-t", "--image", "--registry", "-r", "--config"))
    if command.words[1:3] == ("builds", "submit"):
        yield from ((tag, False) for tag in arguments.values("--tag", "-t"))
    elif command.words[1:3] == ("acr", "build"):
        yield from ((tag, False) for tag in arguments.values("--image", "-t"))


def _action(command: Command) -> Found:
    arguments = parse_arguments(command.words[1:], ("-t", "--command"))
    name = arguments.positional[0].strip("/") if arguments.positional else ""
    if name and arguments.value("--command").lower() in ("", "buildandpush", "push"):
        yield from ((f"{name}:{tag}", False) for tag in arguments.values("-t"))


_READERS: Mapping[str, Callable[[Command], Found]] = {
    **dict.fromkeys(("docker", "podman", "buildah", "nerdctl", "img", "depot", "docker-buildx"), _docker),
    **dict.fromkeys(("skopeo", "crane", "regctl", "oras"), _copy),
    **dict.fromkeys(("executor", "kaniko"), _kaniko),
    **dict.fromkeys(("mvn", "mvnw", "gradle", "gradlew"), _jib),
    **dict.fromkeys(("gcloud", "az"), _cloud),
    "ko": _ko,
    "pack": _pack,
    "image-push": _action,
}


def has_digest(texts: Sequence[str]) -> bool:
    """Whether texts of a pipeline take up an image's digest, by which it is deployed then, whatever its tag."""
    return any(
        re.search(
            r"outputs\.(?:image-?)?digest\b|RepoDigests|crane digest|containerimage\.digest|@sha256:|--digestfile", t
        )
        for t in texts
    )
