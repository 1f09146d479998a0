"""Trainings from cells, in a Python and a TypeScript kernel as the wheel registers them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from PIL import Image

PHOTOS = ROOT / "examples" / "photos"
EACH = 8

PYTHON = """
import json
from jupyterlab_deep import client, training
m = client.open("builtin/image-classifier")
run = m.train(data="pets", epochs=3)
run.watch()
mine = training.open(run.id).model()
long = m.train(data="pets", epochs=1000, patience=0, batch_size=1)
stopped = long.cancel().state
print(json.dumps({
    "state": run.state, "metrics": run.metrics, "steps": len(run.steps()), "log": run.log(), "model": mine.id,
    "label": mine.predict(image="coffee.jpg", top_k=1).labels[0], "stopped": stopped,
    "runs": [each.state for each in training.list("builtin/image-classifier")],
}))
"""
TYPESCRIPT = """
import { modules, training } from '@jupyterlab-deep/kernel-helpers';
const m = await modules.open('builtin/image-classifier');
const run = await m.train({ data: 'pets', epochs: 3 });
await run.watch();
const again = await training.open(run.id);
const mine = await again.model();
const { labels } = await mine.predict({ image: 'coffee.jpg', top_k: 1 });
const long = await m.train({ data: 'pets', epochs: 1000, patience: 0, batch_size: 1 });
const stopped = (await long.cancel()).state;
console.log(JSON.stringify({
  state: run.state, metrics: run.metrics, steps: (await run.steps()).length, log: await run.log(), model: mine.id,
  label: labels[0], stopped, runs: (await training.list({ module: 'builtin/image-classifier' })).map(({ state }) => state)
}));
"""
EVALUATE_PYTHON = """
import json, pathlib
from jupyterlab_deep import client, evaluating
client.open("builtin/image-classifier").train(data="pets", epochs=3).watch()
found = client.open("mine/pets").evaluate(data="test", top_k=2)
pathlib.Path("test/one.csv").write_text("file,label\\ncat/0.jpg,cat\\n")
print(json.dumps({
    "accuracy": found.accuracy, "failed": found.failed, "confusion": found.confusion, "unknown": found.unknown,
    "worst": [[each["path"], each["label"], each["found"]] for each in found.worst], "state": found.run.state,
    "again": evaluating.open(found.run.id).evaluation().accuracy,
    "list": client.open("mine/pets").evaluate(data="test/one.csv").accuracy,
    "shown": found._repr_mimebundle_(),
}))
"""
EVALUATE_TYPESCRIPT = """
import { writeFileSync } from 'node:fs';
import { modules, runs } from '@jupyterlab-deep/kernel-helpers';
const m = await modules.open('builtin/image-classifier');
const run = await m.train({ data: 'pets', epochs: 3 });
await run.watch();
const mine = await modules.open('mine/pets');
const found = await mine.evaluate({ data: 'test', top_k: 2 });
writeFileSync('test/one.csv', 'file,label\\ncat/0.jpg,cat\\n');
const listed = await mine.evaluate({ data: 'test/one.csv' });
const opened = await runs.open(found.run.id);
const again = await opened.evaluation();
const { accuracy, failed, confusion, unknown } = found;
console.log(JSON.stringify({
  accuracy, failed, confusion, unknown, worst: found.worst.map(({ path, label, found }) => [path, label, found]),
  state: found.run.state, again: again.accuracy, list: listed.accuracy,
  shown: (found as any)[Symbol.for('Jupyter.display')]()
}));
"""
#: Trains, and has both notebooks written that repeat it.
NOTEBOOKS = """
import json, pathlib
from jupyterlab_deep import calls, client
run = client.open("builtin/image-classifier").train(data="pets", epochs=2, seed=7)
run.watch()
for language in ("typescript", "python"):
    reply = calls.call_service("POST", f"/runs/{run.id}/notebook", body={"language": language})
    pathlib.Path(f"{language}.ipynb").write_text(json.dumps(reply["notebook"]))
print(json.dumps({"metrics": run.metrics, "filename": reply["filename"]}))
"""
#: A failure in words, not a traceback of ours.
MISSING = {
    "python3": 'from jupyterlab_deep import client; client.open("builtin/image-classifier").train(data="nowhere")',
    "deep-typescript": (
        "import { modules } from '@jupyterlab-deep/kernel-helpers';\n"
        "const m = await modules.open('builtin/image-classifier');\n"
        "const run = await m.train({ data: 'nowhere' });"
    ),
}


@pytest.fixture
def kernels(user, monkeypatch):
    """Runs a cell in a kernel of a user who has pictures of two classes. @returns what it said, and what went wrong"""
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    work = user.home / "work"
    work.mkdir(exist_ok=True)
    for label in ("cat", "coffee"):
        photo = Image.open(PHOTOS / f"{label}.jpg").convert("RGB")
        side = int(min(photo.size) * 0.7)
        (work / "pets" / label).mkdir(parents=True)
        photo.save(work / f"{label}.jpg")
        for index in range(EACH):
            left = (photo.width - side) * index // EACH
            part = photo.crop((left, 0, left + side, side)).resize((240, 240))
            part.save(work / "pets" / label / f"{index}.jpg")

    monkeypatch.chdir(work)

    def said_by(kernel: str, code: str) -> tuple[str, str]:
        manager = KernelManager(kernel_name=kernel)
        manager.start_kernel(cwd=str(work))
        client = manager.client()
        client.start_channels()
        said: list[str] = []
        trouble: list[str] = []

        def take(message: dict) -> None:
            said.append(message["content"].get("text", "") if message["msg_type"] == "stream" else "")
            trouble.append(message["content"].get("evalue", ""))

        try:
            client.wait_for_ready(timeout=40)
            client.execute_interactive(code, timeout=90, output_hook=take)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        return "".join(said), "".join(trouble)

    return said_by


@pytest.mark.parametrize(("kernel", "code"), [("python3", PYTHON), ("deep-typescript", TYPESCRIPT)])
def test_a_cell_trains_watches_and_uses_what_it_made(kernels, kernel, code):
    said, trouble = kernels(kernel, code)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    assert lines, trouble or said
    result = json.loads(lines[-1])
    assert result["state"] == "succeeded"
    assert result["metrics"]["val_accuracy"] == 1.0
    assert result["steps"] == 3
    assert f"{2 * EACH} pictures of 2 classes" in result["log"]
    assert result["model"] == "mine/pets"
    assert result["label"] == "coffee"
    assert result["stopped"] == "cancelled"
    assert result["runs"] == ["cancelled", "succeeded"]


@pytest.mark.parametrize(
    ("kernel", "code"), [("python3", EVALUATE_PYTHON), ("deep-typescript", EVALUATE_TYPESCRIPT)]
)
def test_a_cell_evaluates_what_was_trained(kernels, kernel, code):
    test = Path("test")
    for label in ("cat", "coffee"):
        shutil.copytree(f"pets/{label}", test / label)
    shutil.copy("cat.jpg", test / "coffee" / "lies.jpg")
    (test / "cat" / "broken.jpg").write_text("no picture")
    said, trouble = kernels(kernel, code)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    assert lines, trouble or said
    result = json.loads(lines[-1])
    assert result["accuracy"] == result["again"] == pytest.approx(2 * EACH / (2 * EACH + 1))
    assert result["failed"] == 1
    assert result["confusion"] == {"labels": ["cat", "coffee"], "rows": [[EACH, 0], [1, EACH]]}
    assert result["unknown"] == []
    assert result["worst"] == [["coffee/lies.jpg", "coffee", "cat"]]
    assert (result["state"], result["list"]) == ("succeeded", 1)
    assert "it was coffee, found cat" in result["shown"]["text/plain"]
    assert "data:image/jpeg;base64,/9j/" in result["shown"]["text/html"]
    assert not (test / "deep-results").exists()


@pytest.mark.parametrize("kernel", ["python3", "deep-typescript"])
def test_data_that_are_not_there_are_said_in_words(kernels, kernel):
    said, trouble = kernels(kernel, MISSING[kernel])
    assert "nowhere cannot be read (ENOENT)" in said + trouble


def test_the_notebooks_of_a_training_repeat_it(kernels):
    said, trouble = kernels("python3", NOTEBOOKS)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    assert lines, trouble or said
    first = json.loads(lines[-1])
    assert first["filename"] == "train-image-classifier-python.ipynb"
    for language in ("typescript", "python"):
        notebook = nbformat.read(f"{language}.ipynb", as_version=4)
        nbformat.validate(notebook)
        NotebookClient(notebook, timeout=90).execute()
        text = "".join(
            output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in notebook.cells[-1].outputs
        )
        # The same data, seed and arguments give the same numbers.
        assert f"{first['metrics']['val_loss']:.6f}"[:8] in text, text
