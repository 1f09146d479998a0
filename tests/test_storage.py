"""Storage in Python cells, on a stand-in of the service (tests/storage_service.mjs)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT

from jupyterlab_deep import paths, storage
from jupyterlab_deep.calls import call_service
from jupyterlab_deep.errors import DeepError
from jupyterlab_deep.storage_display import size_words


@pytest.fixture(scope="module", autouse=True)
def standin(tmp_path_factory):
    """The stand-in, where this process looks for the service."""
    folder = tmp_path_factory.mktemp("s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(folder / "data"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
        patch.chdir(folder)
        command = [paths.node(), ROOT / "tests" / "storage_service.mjs"]
        environment = {**os.environ, "DEEP_RUNTIME_DIR": str(folder)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        process.stdout.readline()
        yield folder
        process.terminate()
        process.wait()


def posts(ending: str) -> list[dict]:
    """What was asked of the stand-in at addresses with this ending."""
    return [each["body"] for each in call_service("GET", "/requests") if each["method"] == "POST" and each["url"].endswith(ending)]


def html(value) -> str:
    return value._repr_mimebundle_()["text/html"]


def test_accounts_and_folders_show_themselves_as_tables():
    accounts = storage.accounts()
    assert accounts[0]["id"] == "cloud" and "1.5 MB of 2 GB" in repr(accounts)
    entries = storage.list("cloud:plants/")
    assert len(entries) == 1500 and "<table>" in html(entries) and "1 names cannot be used" in repr(entries)


def test_what_is_no_folder_of_a_cloud_is_refused():
    with pytest.raises(DeepError, match="names no folder") as refused:
        storage.list("plants")
    assert refused.value.key == "invalid-request"
    with pytest.raises(DeepError) as missing:
        storage.list("cloud:nowhere")
    assert missing.value.key == "not-found"


def test_a_dataset_is_made_waited_for_and_found_by_its_name():
    ds = storage.dataset("cloud:plants", pattern="*.jpg")
    assert (ds.state, ds.files, ds.bytes, ds.way) == ("ready", 3, 60_000, "copy")
    assert "no /dev/fuse" in ds.why and ds.path in repr(ds) and "<table>" in html(ds)
    assert os.listdir(ds) == [] and Path(ds) / "leaf.jpg" == Path(ds / "leaf.jpg")
    assert storage.dataset("plants").id == ds.id
    assert "plants" in repr(storage.datasets())


def test_push_refresh_and_fetch_return_when_their_run_has_ended():
    ds = storage.dataset("cloud:plants")
    assert ds.push().waiting["files"] == 0
    ds.refresh()
    ds.fetch("train/**/*.jpg")
    assert posts("/fetch") == [{"pattern": "train/**/*.jpg"}]


@pytest.mark.parametrize(
    ("target", "key"), [("cloud:full", "no-space"), ("other:x", "not-found"), ("never made", "not-found")]
)
def test_why_a_dataset_cannot_be_made_is_said(target, key):
    with pytest.raises(DeepError) as refused:
        storage.dataset(target)
    assert refused.value.key == key


def test_copies_take_paths_relative_to_the_notebook(standin):
    copied = storage.copy("cloud:plants/a.jpg", "./b:c.jpg", on_conflict="overwrite")
    assert (copied.files, copied.bytes, copied.failed) == (3, 60_000, 0) and "<table>" in html(copied)
    assert posts("/storage/transfers") == [
        {
            "from": {"account": "cloud", "path": "plants/a.jpg"},
            "to": {"path": str(standin / "b:c.jpg")},
            "onConflict": "overwrite",
        }
    ]


@pytest.mark.parametrize("cancels_run", [False, True])
def test_the_stop_button_ends_the_waiting_and_the_transfer_when_asked(cancels_run):
    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: storage.dataset("cloud:slow"))
    slow = next(each for each in storage.datasets() if each.ref == "cloud:slow")
    before = len(posts("/cancel"))
    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: slow.push(cancels_run=cancels_run))
    assert len(posts("/cancel")) == before + cancels_run


def interrupted(work) -> None:
    """Runs `work` and sends what Jupyter's stop button sends."""
    stop = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    try:
        work()
    finally:
        stop.join()


def test_a_dataset_with_something_to_send_is_not_forgotten_unless_it_is_given_up():
    slow = next(each for each in storage.datasets() if each.ref == "cloud:slow")
    with pytest.raises(DeepError) as refused:
        slow.remove()
    assert refused.value.key == "conflict"
    slow.remove(give_up_waiting=True)
    assert all(each.ref != "cloud:slow" for each in storage.datasets())


def test_sizes_are_said_as_people_do():
    assert [size_words(each) for each in (0, 999, 1500, 2e9, 12_345_678)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "2 GB",
        "12.3 MB",
    ]


def test_nothing_but_the_standard_library_is_loaded():
    code = "import sys; from jupyterlab_deep import storage; print([name for name in ('requests', 'tornado', 'aiohttp') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "[]"


def test_whoever_starts_the_service_names_its_rclone(monkeypatch, tmp_path):
    monkeypatch.setenv("DEEP_RCLONE", "/opt/rclone")
    assert paths.environment()["DEEP_RCLONE"] == "/opt/rclone"
    monkeypatch.delenv("DEEP_RCLONE")
    program = tmp_path / "rclone"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setattr(paths, "_rclone_of_package", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert paths.environment()["DEEP_RCLONE"] == str(program)
    monkeypatch.setenv("PATH", "")
    assert "DEEP_RCLONE" not in paths.environment()
