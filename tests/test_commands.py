"""The commands of the README."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.read().decode()
    except (urllib.error.URLError, OSError):
        return None


@pytest.mark.timeout(180)
def test_npm_start_opens_jupyterlab_with_the_examples(tmp_path):
    port = free_port()
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    log = tmp_path / "start.log"
    with log.open("wb") as output:
        start = subprocess.Popen(
            ["npm", "start", "--", "--no-browser", f"--port={port}", "--IdentityProvider.token=secret"],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )
        try:
            listing = None
            for _ in range(600):
                listing = fetch(f"http://127.0.0.1:{port}/api/contents?token=secret")
                if listing or start.poll() is not None:
                    break
                time.sleep(0.2)
            assert listing, log.read_text()
            names = {entry["name"] for entry in json.loads(listing)["content"]}
            assert {"README.md", "notebooks", "photos"} <= names
            settings = fetch(f"http://127.0.0.1:{port}/lab/api/settings/jupyterlab-deep:catalogue?token=secret")
            assert json.loads(settings)["schema"]["properties"]["showAtStart"]["default"] is True
            assert "jupyterlab-deep" in fetch(f"http://127.0.0.1:{port}/lab?token=secret")
        finally:
            os.killpg(start.pid, signal.SIGINT)
            start.wait(30)


def test_set_up_names_what_is_missing(tmp_path):
    """Without Python on the PATH the set-up ends with a sentence, not with a stack."""
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, copy / name)
    node = shutil.which("node")
    result = subprocess.run(
        [node, "scripts/setup.mjs"], cwd=copy, capture_output=True, text=True, timeout=60,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert result.returncode == 1
    assert "No usable Python" in result.stderr
    assert "at " not in result.stderr.splitlines()[-1], result.stderr
