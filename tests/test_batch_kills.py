"""A batch and a training that a cell began, when its kernel and Jupyter are killed at seeded moments."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
from pathlib import Path

from conftest import ROOT, is_alive, wait_for
from jupyter_client.manager import KernelManager
from PIL import Image

FILES = 500
PICTURE = ROOT / "jupyterlab_deep" / "modules" / "image-classifier" / "examples" / "cat.jpg"
CELL = (
    "import { modules } from '@jupyterlab-deep/kernel-helpers';\n"
    "const m = await modules.open('builtin/image-classifier');\n"
    "const run = await m.submit({ image: 'photos/*.jpg', top_k: 2 });\n"
    "console.log(`run=${run.id}`);"
)

EPOCHS = 400
TRAINING = (
    "import { modules } from '@jupyterlab-deep/kernel-helpers';\n"
    "const m = await modules.open('builtin/image-classifier');\n"
    f"const run = await m.train({{ data: 'pets', epochs: {EPOCHS}, patience: 0, batch_size: 1 }});\n"
    "console.log(`run=${run.id}`);"
)


def test_every_item_is_there_once_after_kernel_and_jupyter_were_killed(start_jupyter, user, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    photos = user.home / "work" / "photos"
    photos.mkdir()
    for index in range(FILES):
        shutil.copy(PICTURE, photos / f"{index}.jpg")
    chance = random.Random(5)
    jupyter = start_jupyter()
    service = jupyter.deep("GET", "health").json()["pid"]
    kernel = start_kernel(photos.parent)
    run = submitted_by(kernel, CELL)

    wait_until_done(jupyter, run, chance.randint(20, 150))
    kill_kernel(kernel)
    wait_until_done(jupyter, run, chance.randint(160, 300))
    jupyter.process.send_signal(signal.SIGKILL)
    jupyter.process.wait()
    assert is_alive(service)

    another = start_jupyter()
    last = wait_for(lambda: ended(another, run), "the batch to end", 60)
    assert another.deep("GET", "health").json()["pid"] == service
    assert (last["state"], last["progress"]["done"]) == ("succeeded", FILES), last
    results = Path(last["batch"]["results"]["path"])
    rows = [json.loads(line) for line in (results / last["batch"]["results"]["lines"]).read_text().splitlines()]
    assert sorted(row["path"] for row in rows) == sorted(f"{index}.jpg" for index in range(FILES))
    assert {row["state"] for row in rows} == {"done"}


def test_a_training_goes_on_and_loses_no_number_after_kernel_and_jupyter_were_killed(start_jupyter, user, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    work = user.home / "work"
    for label in ("cat", "coffee"):
        folder = work / "pets" / label
        folder.mkdir(parents=True)
        photo = Image.open(PICTURE.with_name(f"{label}.jpg"))
        side = int(min(photo.size) * 0.8)
        for index in range(12):
            left = (photo.width - side) * index // 12
            photo.crop((left, 0, left + side, side)).resize((240, 240)).save(folder / f"{index}.jpg")
    chance = random.Random(7)
    jupyter = start_jupyter()
    service = jupyter.deep("GET", "health").json()["pid"]
    kernel = start_kernel(work)
    run = submitted_by(kernel, TRAINING)

    wait_for(lambda: steps(jupyter, run) > chance.randint(1, 5), "a training in its epochs", 60)
    kill_kernel(kernel)
    jupyter.process.send_signal(signal.SIGKILL)
    jupyter.process.wait()
    assert is_alive(service)

    another = start_jupyter()
    last = wait_for(lambda: ended(another, run), "the training to end", 90)
    assert another.deep("GET", "health").json()["pid"] == service
    assert last["state"] == "succeeded", last
    assert steps(another, run) == EPOCHS


def steps(jupyter, run: str) -> int:
    return len(jupyter.deep("GET", f"runs/{run}/metrics").json()["steps"])


def start_kernel(folder: Path) -> KernelManager:
    manager = KernelManager(kernel_name="deep-typescript")
    manager.start_kernel(cwd=str(folder))
    return manager


def submitted_by(manager: KernelManager, cell: str) -> str:
    """The id of the run that the cell prints."""
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=40)
        said: list[str] = []
        client.execute_interactive(
            cell,
            timeout=60,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        found = re.search(r"run=(\w+)", "".join(said))
        assert found, said
        return found[1]
    finally:
        client.stop_channels()


def kill_kernel(manager: KernelManager) -> None:
    pid = manager.provisioner.pid
    os.kill(pid, signal.SIGKILL)
    manager.shutdown_kernel(now=True)
    assert not is_alive(pid)


def wait_until_done(jupyter, run: str, count: int) -> None:
    def reached() -> bool:
        now = jupyter.deep("GET", f"runs/{run}").json()
        assert now["state"] in ("queued", "running"), now
        return now.get("progress", {}).get("done", 0) >= count

    wait_for(reached, f"{count} files to be done", 60)


def ended(jupyter, run: str) -> dict | None:
    now = jupyter.deep("GET", f"runs/{run}").json()
    return None if now["state"] in ("queued", "running") else now
