"""`jupyter deep serve-model`: a model folder of one's own, with the platform's API."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import requests
from conftest import ROOT, free_port

SERVE = (sys.executable, "-m", "jupyterlab_deep.cli", "serve-model")
MODEL = ROOT / "jupyterlab_deep" / "modules" / "image-classifier"


def test_a_model_folder_is_served_until_somebody_ends_it(user):
    port = free_port()
    command = [*SERVE, str(MODEL), "--name", "mine", "--port", str(port)]
    with subprocess.Popen(command, env=user.environment, stdout=subprocess.PIPE, text=True) as process:
        ready = json.loads(process.stdout.readline())
        assert ready["event"] == "ready" and ready["pid"] == process.pid
        metadata = requests.get(f"http://127.0.0.1:{port}/v2/models/mine/", timeout=10)
        assert metadata.status_code == 200 and metadata.json()["name"]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_folder_without_a_model_is_refused_in_words(user):
    result = user.run(*SERVE, str(user.home / "work"), "--port", str(free_port()))
    assert result.returncode == 2
    assert json.loads(result.stderr)["type"] == "urn:jupyterlab-deep:model-invalid"
