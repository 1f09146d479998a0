"""Deployments from cells, in a Python and a TypeScript kernel as the wheel registers them, to a process of this machine."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import ROOT
from jupyter_client.manager import KernelManager

PYTHON = """
import json
from jupyterlab_deep import deployments
d = deployments.create("builtin/image-classifier", target="process")
told = []
d.ready(on_progress=lambda state, phase: told.append(state))
label = d.predict(image="cat.jpg", top_k=1).labels[0]
lines = []
for line in d.logs():
    lines.append(line)
    if '"ready"' in line:
        d.stop()
again = deployments.get(d.id)
ended = again.state
again.start().ready()
label_again = again.predict(image="cat.jpg", top_k=1).labels[0]
listed = repr(deployments.list())
again.remove()
print(json.dumps({
    "told": told[-1], "label": label, "again": label_again, "log": lines, "ended": ended, "target": d.target,
    "listed": listed, "left": [each.id for each in deployments.list()].count(again.id), "targets": [each["id"] for each in deployments.targets()],
    "plan": deployments.plan("builtin/image-classifier")["isPossible"],
}))
"""
TYPESCRIPT = """
import { deployments } from '@jupyterlab-deep/kernel-helpers';
const d = await deployments.create({ module: 'builtin/image-classifier', target: 'process' });
const told: string[] = [];
await d.ready({ onProgress: ({ state }) => told.push(state) });
const answer = await d.predict({ image: 'cat.jpg', top_k: 1 });
const lines: string[] = [];
for await (const line of d.logs()) {
  lines.push(line);
  if (line.includes('"ready"')) {
    await d.stop();
  }
}
const again = await deployments.get(d.id);
const ended = again.state;
await again.start();
await again.ready();
const second = await again.predict({ image: 'cat.jpg', top_k: 1 });
const before = await deployments.list();
await again.remove();
const after = await deployments.list();
const targets = await deployments.targets();
const plan = await deployments.plan({ module: 'builtin/image-classifier' });
console.log(JSON.stringify({
  told: told[told.length - 1], label: answer.labels[0], again: second.labels[0], log: lines, ended, target: d.target,
  listed: before.map(({ title }) => title).join(), left: after.filter(({ id }) => id === again.id).length,
  targets: targets.map(({ id }) => id), plan: plan.isPossible
}));
"""


@pytest.fixture
def said_by(user, monkeypatch):
    """Runs a cell in a kernel of a user who has a picture. @returns what it said, and what went wrong"""
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    work = user.home / "work"
    shutil.copy(ROOT / "examples" / "photos" / "cat.jpg", work)
    monkeypatch.chdir(work)

    def run(kernel: str, code: str) -> tuple[str, str]:
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

    return run


@pytest.mark.parametrize(("kernel", "code"), [("python3", PYTHON), ("deep-typescript", TYPESCRIPT)])
def test_a_cell_deploys_predicts_reads_the_log_stops_and_removes(said_by, kernel, code):
    said, trouble = said_by(kernel, code)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    assert lines, trouble or said
    result = json.loads(lines[-1])
    assert result["told"] == "ready"
    assert result["label"] == result["again"] != ""
    assert any('"event":"ready"' in line.replace(" ", "") for line in result["log"])
    assert result["ended"] == "stopped"
    assert result["target"] == "process"
    assert "Image classifier" in result["listed"]
    assert result["left"] == 0
    assert "process" in result["targets"]
    assert result["plan"] is True
