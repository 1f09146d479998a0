"""The Python client with a module that runs elsewhere, behind the real service."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, free_port, new_user

from jupyterlab_deep import paths

PHOTO = ROOT / "examples" / "modules" / "image-classifier" / "examples" / "cat.jpg"
MODEL = ROOT / "jupyterlab_deep" / "modules" / "image-classifier"
START = "import json\nfrom jupyterlab_deep import client\nfrom jupyterlab_deep.client import DeepError\n"


@pytest.fixture
def user():
    with new_user() as found:
        shutil.copy(PHOTO, found.home / "work" / "cat.jpg")
        yield found


@pytest.fixture
def elsewhere(user):
    """Somebody else's module: its address and its process."""
    port = free_port()
    command = [
        paths.node(), paths.program("module-runtime.mjs"),
        "--model", MODEL, "--name", "cats", "--port", port,
    ]  # fmt: skip
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE)
    assert process.stdout and b"ready" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()
    process.stdout.close()


def cell(user, code: str):
    """What a cell prints as JSON on its last line."""
    result = user.run(sys.executable, "-c", START + code)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_a_module_is_opened_by_address_by_its_id_and_by_its_deployment(user, elsewhere):
    address, _ = elsewhere
    code = f"""
found = []
for target in ({address!r}, {address + "/v2/models/cats/"!r}, "connected/cats"):
    m = client.open(target)
    found.append([m.id, m.predict(image="cat.jpg", top_k=1).labels])
m = client.open(m.deployment["id"])
found.append([m.id, m.predict(image="cat.jpg", top_k=1).labels])
print(json.dumps(found))
"""
    assert cell(user, code) == [["connected/cats", ["Egyptian Mau"]]] * 4


def test_one_that_is_gone_is_told_in_words(user, elsewhere):
    address, process = elsewhere
    open_it = f"m = client.open({address!r})\nprint(json.dumps(m.deployment['id']))"
    deployment = cell(user, open_it)
    process.kill()
    process.wait()
    code = f"""
problems = []
for attempt in (
    lambda: client.open({deployment!r}).predict(image="cat.jpg"),
    lambda: client.open({address!r}),
    lambda: client.open("nothing"),
    lambda: client.open("ftp://x/"),
):
    try:
        attempt()
    except DeepError as error:
        problems.append(error.key)
print(json.dumps(problems))
"""
    assert cell(user, code) == ["module-unreachable", "module-unreachable", "not-found", "address-refused"]
