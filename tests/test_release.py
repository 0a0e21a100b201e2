"""What a release consists of: a wheel for each platform, and the file that makes the Action install it.

The wheels themselves are looked at where GITLINT_OPS_WHEELS names their folder, as ``make release`` does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WHEELS = os.environ.get("GITLINT_OPS_WHEELS", "")
built = pytest.mark.skipif(not WHEELS, reason="'make release' builds the wheels")


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RELEASED = load("tools/released.py")
TARGETS = re.findall(r'^    "(\w+/\w+)": "', (ROOT / "hatch_build.py").read_text("utf-8"), re.MULTILINE)
MAGIC = {"linux": b"\x7fELF", "macosx": b"\xcf\xfa\xed\xfe", "win": b"MZ"}


def wheel_of(dist: Path, platform: str, content: bytes = b"wheel") -> Path:
    path = dist / f"gitlint_ops-{version()}-py3-none-{platform}.whl"
    path.write_bytes(content)
    return path


def version() -> str:
    found = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def test_each_wheel_is_listed_with_its_digest(tmp_path: Path) -> None:
    wheel_of(tmp_path, "win_amd64", b"b")
    wheel_of(tmp_path, "macosx_13_0_arm64", b"a")
    assert RELEASED.released(tmp_path) == (
        f"gitlint-ops=={version()} \\\n"
        f"    --hash=sha256:{hashlib.sha256(b'a').hexdigest()} \\\n"
        f"    --hash=sha256:{hashlib.sha256(b'b').hexdigest()}\n"
    )


def test_a_release_of_other_wheels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(RELEASED, "RELEASED", tmp_path / "released.txt")
    wheel = wheel_of(tmp_path, "win_amd64")
    assert RELEASED.main(["--check", str(tmp_path)]) == 1
    (tmp_path / "released.txt").write_text(RELEASED.released(tmp_path) + "click==8.0 --hash=sha256:0\n")
    assert RELEASED.main(["--check", str(tmp_path)]) == 0
    wheel.write_bytes(b"another")
    assert RELEASED.main(["--check", str(tmp_path)]) == 1
    assert f"{hashlib.sha256(b'another').hexdigest()}\n" in capsys.readouterr().err


@pytest.mark.skipif(bool(WHEELS), reason="a release is made at the tag's commit")
def test_main_holds_no_list_of_a_release() -> None:
    assert not (ROOT / "action" / "released.txt").exists(), "it belongs to the commit of a tag alone"


def test_a_release_waits_for_each_platform_and_holds_no_token() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yaml").read_text("utf-8"))
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {}
    assert jobs["publish"]["needs"] == ["build", "install"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert "secrets." not in json.dumps(workflow)


@built
def test_there_is_a_wheel_for_each_target() -> None:
    assert len(list(Path(WHEELS).glob("*.whl"))) == len(TARGETS) == 5
    assert len(list(Path(WHEELS).glob("*.tar.gz"))) == 1


@built
@pytest.mark.parametrize("wheel", sorted(Path(WHEELS).glob("*.whl")) if WHEELS else [], ids=lambda path: path.name[12:])
def test_a_wheel_holds_one_engine_for_its_platform_and_can_be_installed_there(wheel: Path, tmp_path: Path) -> None:
    platform = wheel.stem.split("-")[-1].split(".")[0]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names)
        (engine,) = [name for name in names if "/_engine/gitlint-ops-engine" in name]
        system = next(key for key in MAGIC if platform.startswith(key) or (key == "linux" and "linux" in platform))
        assert archive.read(engine).startswith(MAGIC[system])
        assert engine.endswith(".exe") == (system == "win")
        assert archive.getinfo(engine).external_attr >> 16 & 0o111
        assert json.loads(archive.read("gitlint_ops/_engine/versions.json"))["kustomize"]
        assert "gitlint_ops/_rules/images/mutable-image-tag.yaml" in names
    target = ["--platform", platform, "--only-binary", ":all:", "--target", str(tmp_path)]
    pip = [sys.executable, "-m", "pip", "--isolated", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, *target, str(wheel)], check=True)
    assert (tmp_path / engine).is_file()
