"""The Python client with the real service and the real image classifier."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading

import nbformat
import pytest
from conftest import ROOT, new_user
from nbclient import NotebookClient

from jupyterlab_deep.calls import call_service
from jupyterlab_deep.errors import DeepError
from jupyterlab_deep.service import Service

PHOTO = ROOT / "examples" / "modules" / "image-classifier" / "examples" / "cat.jpg"
START = "from jupyterlab_deep import client; from jupyterlab_deep.client import DeepError\n"
OPEN = START + "m = client.open('builtin/image-classifier')\n"


@pytest.fixture(scope="module")
def user():
    """One user for the module: each test is a process of its own that finds the service running, but for the first."""
    with new_user() as found:
        (found.home / "work" / "photos").mkdir()
        shutil.copy(PHOTO, found.home / "work" / "photos" / 'a "cat".jpg')
        yield found


def cell(user, code: str):
    """What a cell prints as JSON on its last line."""
    result = user.run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def failure(user, code: str) -> dict:
    """The failure of the last statement."""
    *before, last = code.rstrip().splitlines()
    lines = [
        *before,
        "try:",
        f"    {last}",
        "except DeepError as error:",
        "    import json; print(json.dumps(error.problem()))",
    ]
    return cell(user, "\n".join(lines))


def test_a_notebook_runs_headless_from_top_to_bottom(user, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    sources = [
        "from jupyterlab_deep import client",
        "client.search('image')",
        "m = client.open('builtin/image-classifier')",
        "m.describe()",
        "m.predict(image='photos/a \"cat\".jpg', top_k=3)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(
        notebook, timeout=50, kernel_name="python3", resources={"metadata": {"path": user.home / "work"}}
    ).execute()
    search, describe, predict = (notebook.cells[index].outputs[-1]["data"] for index in (1, 3, 4))
    assert "builtin/image-classifier" in search["text/plain"] and "<table>" in search["text/html"]
    assert "top_k" in describe["text/plain"]
    assert "Egyptian Mau" in predict["text/plain"] and "%" in predict["text/plain"]
    assert 'src="data:image/jpeg;base64,' in predict["text/html"] and "Egyptian Mau" in predict["text/html"]


def test_predict_answers_labels_with_probabilities_in_order(user):
    labels, probabilities = cell(
        user,
        OPEN
        + "p = m.predict(image='photos/a \"cat\".jpg', top_k=3); import json; print(json.dumps([p.labels, p.probabilities]))",
    )
    assert labels[0] == "Egyptian Mau" and len(labels) == len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True) and probabilities[0] > 0.5


def test_pictures_may_also_be_bytes_or_open_files(user):
    code = OPEN + (
        "path = 'photos/a \"cat\".jpg'; import json, pathlib\n"
        "one = m.predict(image=pathlib.Path(path).read_bytes()).labels\n"
        "two = m.predict(image=open(path, 'rb')).labels\n"
        "print(json.dumps([one, two]))"
    )
    one, two = cell(user, code)
    assert one == two and one[0] == "Egyptian Mau"


def test_a_misspelt_argument_is_refused_with_the_right_one(user):
    problem = failure(user, OPEN + "m.predict(image='photos/a \"cat\".jpg', topk=3)")
    assert problem["type"] == "urn:jupyterlab-deep:invalid-arguments"
    assert "Did you mean top_k?" in problem["detail"]


def test_a_missing_argument_and_a_missing_file_are_named(user):
    assert list(failure(user, OPEN + "m.predict(top_k=3)")["fields"]) == ["image"]
    problem = failure(user, OPEN + "m.predict(image='photos/dog.jpg')")
    assert "photos/dog.jpg" in problem["detail"] and str(user.home / "work") in problem["detail"]


def test_what_is_no_picture_and_a_value_out_of_range_are_refused_in_words(user):
    (user.home / "work" / "not.jpg").write_text("no picture")
    problem = failure(user, OPEN + "m.predict(image='not.jpg')")
    assert problem["status"] == 422 and "picture" in problem["detail"].lower()
    problem = failure(user, OPEN + "m.predict(image='photos/a \"cat\".jpg', top_k=0)")
    assert problem["status"] == 422 and "top_k" in problem["fields"]


def test_an_unknown_module_is_told_in_words(user):
    assert failure(user, START + "client.open('builtin/none')")["type"] == "urn:jupyterlab-deep:not-found"


def test_a_module_that_was_killed_is_started_again(user):
    code = OPEN + (
        "import os, signal, time, json\n"
        "pid = m.deployment['pid']; os.kill(pid, signal.SIGKILL)\n"
        "from conftest import is_alive, wait_for\n"
        "wait_for(lambda: not is_alive(pid), 'the module to be gone', 20)\n"
        "p = m.predict(image='photos/a \"cat\".jpg')\n"
        "print(json.dumps([p.labels[0], m.deployment['pid'] != pid]))"
    )
    prefix = f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
    assert cell(user, prefix + code) == ["Egyptian Mau", True]


def test_a_service_that_ends_between_two_calls_is_started_again(user):
    code = (
        "import json, os, sys\n"
        f"sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        "from conftest import is_alive, wait_for\n"
        "from jupyterlab_deep import calls, service\n"
        "ensure = service.ensure\n"
        "def killed_after_it_was_found():\n"
        "    found = ensure(); os.kill(found.pid, 9); wait_for(lambda: not is_alive(found.pid), 'its end')\n"
        "    service.ensure = ensure\n"
        "    gone.append(found.pid)\n"
        "    return found\n"
        "gone = []\n"
        "service.ensure = killed_after_it_was_found\n"
        "health = calls.call_service('GET', '/health')\n"
        "print(json.dumps([health['status'], health['pid'] in gone, len(gone)]))"
    )
    assert cell(user, code) == ["ok", False, 1]


def test_an_answer_that_is_no_http_is_told_in_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen()
        threading.Thread(target=answer_nonsense, args=[listener], daemon=True).start()
        with pytest.raises(DeepError, match="did not answer GET /health") as raised:
            call_service("GET", "/health", on=Service("s", "t", 1, "h", "v"))
    assert raised.value.key == "service-unavailable"


def answer_nonsense(listener: socket.socket) -> None:
    with listener.accept()[0] as connection:
        connection.recv(4096)
        connection.sendall(b"NONSENSE\r\n\r\n")


def test_a_search_without_a_result_suggests_another(user):
    plain = cell(user, START + "import json; print(json.dumps(repr(client.search('imagee clasifierx zzz'))))")
    assert plain.startswith("No module matches")
