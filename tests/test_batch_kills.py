"""A batch that a cell began, after its kernel and Jupyter were killed: it goes on, and ends with every file once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from pathlib import Path

import pytest
from conftest import ROOT, Jupyter, User, is_alive, processes_of, wait_for
from jupyter_client.blocking import BlockingKernelClient

PHOTO = ROOT / "examples" / "modules" / "image-classifier" / "examples" / "cat.jpg"
FILES = 500
SUBMIT = """
import { modules } from '@jupyterlab-deep/kernel-helpers';
const m = await modules.open('builtin/image-classifier');
const run = await m.submit({ image: 'photos', top_k: 2 });
console.log(`run=${run.id};`);
await run.watch();
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_every_file_is_in_the_results_once_after_kernel_and_jupyter_were_killed(user, start_jupyter, seed):
    chance = random.Random(seed)
    user.environment["DEEP_CATALOGUE_DISABLED"] = '["ai4eosc","ai4os","deep"]'
    names = make_photos(user.home / "work" / "photos")
    jupyter = start_jupyter()
    kernel = start_kernel(jupyter)
    run = submit(user, kernel)
    service = user.service_pid()

    reach(jupyter, run, chance.uniform(0.02, 0.2))
    kill_kernel(user, kernel)
    reach(jupyter, run, chance.uniform(0.3, 0.6))
    jupyter.process.kill()
    jupyter.process.wait(10)

    jupyter = start_jupyter()
    ended = wait_for(lambda: ended_run(jupyter, run), "the run to end", 60)
    assert ended["state"] == "succeeded", ended
    assert (ended["progress"]["done"], ended["batch"]["failed"]) == (FILES, 0)
    assert user.service_pid() == service
    lines = Path(ended["batch"]["results"]["path"], "results.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["path"] for line in lines) == names
    assert [each["id"] for each in jupyter.deep("GET", "runs").json()["runs"]] == [run]


def make_photos(folder: Path) -> list[str]:
    folder.mkdir()
    shutil.copy(PHOTO, folder / "0.jpg")
    for number in range(1, FILES):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return sorted(file.name for file in folder.iterdir())


def start_kernel(jupyter: Jupyter) -> str:
    """The id of a TypeScript kernel that Jupyter started."""
    headers = {"X-XSRFToken": jupyter.xsrf}
    # Its path is that of a notebook: the kernel works in the folder of it.
    notebook = {"name": "deep-typescript", "path": "leaves.ipynb"}
    reply = jupyter.browser.post(f"{jupyter.url}api/kernels", json=notebook, headers=headers)
    reply.raise_for_status()
    return reply.json()["id"]


def submit(user: User, kernel: str) -> str:
    """The id of the run that a cell begins; the cell then watches it."""
    client = BlockingKernelClient(connection_file=str(user.home / "run" / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels(hb=False)
    said = ""
    try:
        client.wait_for_ready(timeout=40)
        client.execute(SUBMIT)
        while ";" not in said.partition("run=")[2]:
            message = client.get_iopub_msg(timeout=40)
            assert message["content"].get("name") != "stderr", message["content"]
            said += message["content"].get("text", "")
    finally:
        client.stop_channels()
    return said.partition("run=")[2].partition(";")[0]


def kill_kernel(user: User, kernel: str) -> None:
    pids = [pid for pid in processes_of(user.home) if kernel.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert pids, "the kernel runs"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, pids)), "the kernel to be gone")


def reach(jupyter: Jupyter, run: str, share: float) -> None:
    """Waits until so much of the run is done, and refuses to come too late."""

    def done() -> int:
        return seen(jupyter, run).get("progress", {}).get("done", 0)

    wait_for(lambda: done() >= share * FILES, f"{share:.0%} of the files to be done")
    assert seen(jupyter, run)["state"] == "running", "the kill would come after the end"


def seen(jupyter: Jupyter, run: str) -> dict:
    return jupyter.deep("GET", f"runs/{run}").json()


def ended_run(jupyter: Jupyter, run: str) -> dict | None:
    found = seen(jupyter, run)
    return None if found["state"] in ("queued", "running") else found
