"""Deployments in Python cells, on a stand-in of the service (tests/deployments_service.mjs)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from conftest import ROOT

from jupyterlab_deep import deployments, paths, training
from jupyterlab_deep.calls import call_service
from jupyterlab_deep.errors import DeepError

MODULE = "builtin/image-classifier"


@pytest.fixture(scope="module", autouse=True)
def standin(tmp_path_factory):
    """The stand-in, where this process looks for the service."""
    folder = tmp_path_factory.mktemp("d")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(folder / "data"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
        patch.chdir(folder)
        command = [paths.node(), ROOT / "tests" / "deployments_service.mjs"]
        environment = {**os.environ, "DEEP_RUNTIME_DIR": str(folder)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        process.stdout.readline()
        yield folder
        process.terminate()
        process.wait()


def begun() -> dict:
    """What the last one was begun with."""
    asked = call_service("GET", "/requests")
    return [each["body"] for each in asked if each["method"] == "POST" and each["url"] == "/deployments"][-1]


def html(value) -> str:
    return value._repr_mimebundle_()["text/html"]


def test_one_is_begun_and_tells_how_it_comes_up():
    d = deployments.create(MODULE, target="process", resources={"memoryMb": 2000}, options={"threads": 2})
    assert (d.state, d.module, d.target) == ("preparing", MODULE, "process")
    assert begun()["options"] == {"memoryMb": 2000, "threads": 2}
    told = []
    d.ready(on_progress=lambda state, phase: told.append((state, phase)))
    assert told == [("starting", "Loading the model"), ("ready", "")]
    assert deployments.get(d.id).state == "ready"


def test_the_log_is_followed_over_the_end_of_what_writes_it():
    d = deployments.create(MODULE)
    lines = []
    for line in d.logs():
        lines.append(line)
        if line.startswith("ready"):
            d.stop()
    assert lines == [
        "preparing → Pulling the image, 1 of 2 layers",
        "starting → Loading the model",
        "ready → ",
        "stopping → Stopping",
        "stopped → ",
    ]
    d.start().ready()
    assert [*d.logs(follow=False)][-1] == "ready → "
    d.remove()
    with pytest.raises(DeepError) as gone:
        d.refresh()
    assert gone.value.key == "not-found"


def test_the_stop_button_ends_the_waiting_and_not_the_deployment():
    d = deployments.create("builtin/slow")
    stop = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        d.ready()
    stop.join()
    assert d.refresh().state == "preparing"
    with pytest.raises(DeepError) as late:
        d.ready(timeout_s=0.3)
    assert late.value.key == "timeout"


def test_why_one_did_not_come_up_is_said():
    d = deployments.create("builtin/broken")
    with pytest.raises(DeepError, match="code 137") as failed:
        d.ready()
    assert failed.value.key == "module-start-failed"
    assert d.refresh().error == "It ended with code 137."


@pytest.mark.parametrize(
    ("module", "target", "key"),
    [
        ("no such module", None, "invalid-arguments"),
        ("other/x", None, "not-found"),
        (MODULE, "container:gpu-host", "target-unreachable"),
        ("python/foreign", None, "consent-needed"),
    ],
)
def test_what_is_refused_is_said(module, target, key):
    with pytest.raises(DeepError) as refused:
        deployments.create(module, target=target)
    assert refused.value.key == key


def test_a_model_is_taken_by_what_has_its_id(standin, monkeypatch):
    deployments.create(model={"id": "mine/seeds"})
    assert begun()["module"] == "mine/seeds"
    run = training.TrainingRun({"id": "r1"})
    monkeypatch.setattr(run, "model_id", lambda: "mine/pets")
    deployments.create(model=run, consent="abc")
    assert (begun()["module"], begun()["consent"]) == ("mine/pets", {"commit": "abc"})
    (standin / "my-model").mkdir()
    with pytest.raises(DeepError, match="Sources…") as folder:
        deployments.create(model="my-model")
    assert folder.value.key == "invalid-arguments"
    with pytest.raises(DeepError, match="either a module or a model"):
        deployments.create(MODULE, model="mine/seeds")


def test_deployments_targets_and_plans_show_themselves_as_tables():
    d = deployments.create(MODULE)
    found = deployments.list()
    assert found[0].id == d.id and "image-classifier" in repr(found) and "<table>" in html(d)
    assert "gpu-host refused the connection. Start its engine." in repr(deployments.targets())
    plan = deployments.plan(MODULE)
    assert plan["isPossible"] and "memoryMb" in html(plan) and "A process is started. Cost: nothing" in repr(plan)


def test_a_script_is_carried_out_at_a_platform_and_says_how_it_ended():
    options = {"vo": "vo.ai4eosc.eu"}
    job = deployments.submit(MODULE, "python train.py", target="container:gpu-host", options=options)
    assert (job.state, job.about["arguments"]) == ("running", options)
    assert job.watch().state == "succeeded" and job.job == f"n-{job.id}"
    assert job.log() == "It is n-1 at the platform\n" and "succeeded" in html(job)
    failing = deployments.submit(MODULE, "exit 1", target="container:gpu-host")
    with pytest.raises(DeepError, match="It failed. It says: exit code 1"):
        failing.watch()
    assert [each.id for each in deployments.jobs()] == [failing.id, job.id]
    assert deployments.job(job.id).cancel().state == "cancelled"
    with pytest.raises(DeepError, match="It takes no batch jobs"):
        deployments.submit(MODULE, "ls", target="process")


def test_places_of_ones_own_are_added_asked_and_removed():
    place = {"kind": "container", "address": "ssh://ada@127.0.0.1"}
    with pytest.raises(DeepError, match="It is not public"):
        deployments.add_target("mine", **place)
    added = deployments.add_target("mine", **place, allow_private=True)
    assert (added["id"], added["said"]) == ("container:mine", "Nobody answered.")
    assert deployments.check_target(added["id"])["state"] == "unreachable"
    deployments.remove_target(added["id"])
    assert [each["id"] for each in deployments.targets()] == ["process", "container:gpu-host"]


def test_nothing_but_the_standard_library_is_loaded():
    code = "import sys; from jupyterlab_deep import deployments; print([name for name in ('requests', 'tornado', 'aiohttp') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "[]"
