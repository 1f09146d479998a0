"""Datasets of a cloud as Python and TypeScript kernels see them: mounted by FUSE, and copied where FUSE is forbidden."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from conftest import ROOT, Jupyter, User, run_jupyter, wait_for
from jupyter_client.manager import KernelManager

from jupyterlab_deep import paths

RCLONE = ROOT / ".venv-peers" / "bin" / "rclone"
PICTURE = ROOT / "jupyterlab_deep" / "modules" / "image-classifier" / "examples" / "cat.jpg"
FOLDER = "plants"
FILES = 20

# Each says in one line of JSON what it saw, and leaves a file of its own.
PYTHON = """
import json, pathlib
from jupyterlab_deep import client, storage
ds = storage.dataset("cloud:plants")
seen = sorted(each.name for each in pathlib.Path(ds.path).iterdir() if not each.name.startswith("."))
top = client.open("builtin/image-classifier").predict(image=ds / "cat.jpg", top_k=1).labels[0]
pathlib.Path(ds.path, "python.txt").write_text("from Python")
ds.push()
text = pathlib.Path(ds.path, "leaf-7.txt").read_text()
print(json.dumps({"path": ds.path, "way": ds.way, "why": ds.why, "seen": seen, "text": text, "top": top}))
"""
TYPESCRIPT = """
import { modules, storage } from '@jupyterlab-deep/kernel-helpers';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const ds = await storage.dataset('cloud:plants');
const seen = readdirSync(ds.path).filter(name => !name.startsWith('.')).sort();
const m = await modules.open('builtin/image-classifier');
const { labels } = await m.predict({ image: ds.path + '/cat.jpg', top_k: 1 });
writeFileSync(ds.path + '/typescript.txt', 'from TypeScript');
await ds.push();
const text = readFileSync(ds.path + '/leaf-7.txt', 'utf8');
console.log(JSON.stringify({ path: ds.path, way: ds.way, why: ds.why, seen, text, top: labels[0] }));
"""
CELLS = {"python3": PYTHON, "deep-typescript": TYPESCRIPT}


@dataclass
class Cloud:
    """The stand-in for Nextcloud in a process of its own."""

    url: str
    user: str
    uid: str
    appPassword: str
    folder: str

    def ask(self, method: str, name: str, **options) -> requests.Response:
        url = f"{self.url}/remote.php/dav/files/{self.uid}/{FOLDER}/{name}"
        return requests.request(method, url, auth=(self.user, self.appPassword), timeout=20, **options)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    node = paths.node()
    command = [node, ROOT / "stand-in" / "nextcloud" / "main.ts", "--folder", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            cloud = Cloud(**json.loads(process.stdout.readline()))
            cloud.ask("MKCOL", "").raise_for_status()
            for index in range(FILES):
                cloud.ask("PUT", f"leaf-{index}.txt", data=f"leaf {index}").raise_for_status()
            cloud.ask("PUT", "cat.jpg", data=PICTURE.read_bytes()).raise_for_status()
            yield cloud
        finally:
            process.terminate()


@pytest.fixture
def linked(user: User, cloud: Cloud, monkeypatch) -> Iterator[Callable[..., Jupyter]]:
    """Starts a Jupyter whose user has linked the cloud, in a sandbox if one is given."""
    user.environment["DEEP_RCLONE"] = str(RCLONE)
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)

    def start(sandbox=()) -> Jupyter:
        jupyter = run_jupyter(user, "", sandbox=sandbox)
        link(jupyter, cloud)
        return jupyter

    yield start
    # A mount whose program was killed stays in the table of mounts.
    subprocess.run(["fusermount3", "-uzq", user.home / "datasets" / "cloud" / FOLDER], check=False)


def link(jupyter: Jupyter, cloud: Cloud) -> None:
    """As a person does: begin, grant in the other tab, wait."""
    begun = jupyter.deep("POST", "storage/logins", json={"address": cloud.url, "allowPrivate": True})
    begun.raise_for_status()
    requests.post(f"{cloud.url}/stand-in/grant", json={"user": cloud.uid}, timeout=20).raise_for_status()
    login = f"storage/logins/{begun.json()['id']}"
    wait_for(lambda: jupyter.deep("GET", login).json()["state"] == "done", "the account to be linked")


def said_by(kernel: str, user: User) -> dict:
    """What the cell of a kernel prints."""
    manager = KernelManager(kernel_name=kernel)
    manager.start_kernel(cwd=str(user.home / "work"))
    client = manager.client()
    client.start_channels()
    said: list[str] = []
    trouble: list[str] = []

    def take(message: dict) -> None:
        said.append(message["content"].get("text", ""))
        trouble.append(message["content"].get("evalue", ""))

    try:
        client.wait_for_ready(timeout=40)
        client.execute_interactive(CELLS[kernel], timeout=60, output_hook=take)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    lines = [line for line in "".join(said).splitlines() if line.startswith("{")]
    assert lines, "".join(trouble) or "".join(said)
    return json.loads(lines[-1])


def check_kernels(user: User, cloud: Cloud, way: str) -> str:
    """Both kernels see the same files at one path, infer with them, and what each writes is in the cloud after its push. @returns why"""
    files = {f"leaf-{index}.txt" for index in range(FILES)} | {"cat.jpg"}
    python, typescript = said_by("python3", user), said_by("deep-typescript", user)
    assert (python["way"], typescript["way"]) == (way, way), python
    assert python["path"] == typescript["path"] == str(user.home / "datasets" / "cloud" / FOLDER)
    assert set(python["seen"]) == files and set(typescript["seen"]) == files | {"python.txt"}
    assert python["text"] == typescript["text"] == "leaf 7"
    assert python["top"] == typescript["top"] == "Egyptian Mau"
    assert cloud.ask("GET", "python.txt").text == "from Python"
    assert cloud.ask("GET", "typescript.txt").text == "from TypeScript"
    assert os.path.ismount(python["path"]) == (way == "mount")
    return python["why"]


def can_mount() -> bool:
    return os.path.exists("/dev/fuse") and shutil.which("fusermount3") is not None


def forget(jupyter: Jupyter) -> None:
    """As the panel does: what lies in the cloud stays."""
    [dataset] = jupyter.deep("GET", "storage/datasets").json()["datasets"]

    def forgotten() -> bool:
        reply = jupyter.deep("DELETE", f"storage/datasets/{dataset['id']}", json={"giveUpWaiting": True})
        return reply.status_code == 204

    # A mount is busy while a kernel that was just ended still has its files open.
    wait_for(forgotten, "the dataset to be forgotten")
    assert not os.path.ismount(dataset["path"]) and not os.path.exists(dataset["path"] + "/cat.jpg")


@pytest.mark.skipif(not RCLONE.exists(), reason="rclone is not installed (node scripts/setup.mjs --peers)")
@pytest.mark.skipif(not can_mount(), reason="this machine has no /dev/fuse or no fusermount3")
def test_both_kernels_read_and_write_a_dataset_that_is_mounted(linked, user, cloud):
    jupyter = linked()
    check_kernels(user, cloud, "mount")
    forget(jupyter)
    assert cloud.ask("GET", "python.txt").text == "from Python"


BWRAP = ["bwrap", "--dev-bind", "/", "/"]
FORBIDDEN = {
    "no device": [*BWRAP, "--dev", "/dev"],
    "no right to mount": [*BWRAP, "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
}


def works(sandbox: list[str]) -> bool:
    try:
        return subprocess.run([*sandbox, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("what", FORBIDDEN)
def test_both_kernels_have_a_copy_where_fuse_is_forbidden(linked, user, cloud, what):
    sandbox = FORBIDDEN[what]
    if not works(sandbox):
        pytest.skip("bubblewrap is not installed, or may make no such sandbox here")
    jupyter = linked(sandbox)
    why = check_kernels(user, cloud, "copy")
    assert "mount" in why or "/dev/fuse" in why, why
    forget(jupyter)
