"""The real service behind the door: one for all Jupyters and kernels of a user, and for as long as they need it."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys

import pytest
import requests
from conftest import is_alive, wait_for

from jupyterlab_deep.environment import service_environment

#: 1.2 s after the last client, instead of ten minutes.
SOON = "0.02"


def test_the_door_leads_to_the_service(start_jupyter):
    reply = start_jupyter().deep("GET", "health")
    assert reply.status_code == 200
    assert reply.json()["status"] == "ok" and reply.json()["node"].removeprefix("v").startswith("24.")


def test_its_discovery_file_and_socket_are_for_this_user_alone(start_jupyter, user):
    start_jupyter().deep("GET", "health").raise_for_status()
    socket = json.loads(user.discovery.read_text())["socket"]
    assert user.discovery.stat().st_mode & 0o777 == 0o600
    assert os.stat(socket).st_mode & 0o777 == 0o600
    assert os.stat(os.path.dirname(socket)).st_mode & 0o777 == 0o700
    assert (user.home / "data" / "deep").stat().st_mode & 0o777 == 0o700


def test_jupyters_and_a_python_kernel_share_one_service(start_jupyter, user):
    one, two = start_jupyter(), start_jupyter()
    code = "from jupyterlab_deep.calls import call_service; print(call_service('GET', '/health')['pid'])"
    kernel = int(user.run(sys.executable, "-c", code, check=True).stdout)
    assert one.deep("GET", "health").json()["pid"] == two.deep("GET", "health").json()["pid"] == kernel


def test_many_at_once_start_one_service(user):
    code = "from jupyterlab_deep import service; print(service.ensure().pid)"
    command = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(command, env=user.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=50) for process in started]
    assert len({out for out, _ in answers}) == 1, answers
    assert is_alive(int(answers[0][0]))


def test_a_jupyter_with_another_runtime_folder_uses_the_same_service(user):
    code = "from jupyterlab_deep import service; print(service.ensure().pid)"
    first = user.run(sys.executable, "-c", code, check=True).stdout
    (user.home / "run2").mkdir(mode=0o700)
    user.environment["JUPYTER_RUNTIME_DIR"] = str(user.home / "run2")
    assert user.run(sys.executable, "-c", code, check=True).stdout == first


def test_two_stores_in_one_runtime_folder_have_a_service_each(user):
    def service_of(store: str) -> dict:
        user.environment["DEEP_STORE_DIRECTORY"] = str(user.home / store)
        code = "import json; from jupyterlab_deep.calls import call_service; print(json.dumps(call_service('GET', '/health')))"
        return json.loads(user.run(sys.executable, "-c", code, check=True).stdout)

    one, two = service_of("one"), service_of("two")
    assert one["pid"] != two["pid"]
    assert [service_of("one")["pid"], service_of("two")["pid"]] == [one["pid"], two["pid"]]


def test_an_old_discovery_file_without_its_store_is_believed(user):
    code = "from jupyterlab_deep import service; print(service.ensure().pid)"
    first = user.run(sys.executable, "-c", code, check=True).stdout
    found = json.loads(user.discovery.read_text())
    assert found.pop("store") == str(user.home / "data" / "deep")
    user.discovery.write_text(json.dumps(found))
    assert user.run(sys.executable, "-c", code, check=True).stdout == first


def test_a_runtime_folder_that_is_not_there_is_done_without(user):
    user.environment["XDG_RUNTIME_DIR"] = "/run/user/none"
    code = "from jupyterlab_deep import paths, service; print(service.ensure().socket, paths.sockets_dir())"
    socket, folder = user.run(sys.executable, "-c", code, check=True).stdout.split()
    assert os.path.dirname(socket) == folder and folder.startswith(str(user.home / "t"))


def test_the_administrator_names_one_folder_for_all_users(user):
    (user.home / "config" / "deep.json").write_text(
        json.dumps({"store": {"directory": str(user.home / "scratch" / "{user}" / "deep")}})
    )
    store = user.home / "scratch" / pwd.getpwuid(os.getuid()).pw_name / "deep"
    code = "from jupyterlab_deep import paths, service; service.ensure(); print(paths.environment()['DEEP_STORE_DIRECTORY'])"
    assert user.run(sys.executable, "-c", code, check=True).stdout.strip() == str(store)
    assert (store / "holder.json").exists() and not (user.home / "data" / "deep").exists()


def test_a_store_in_the_home_folder_may_begin_with_a_tilde(user):
    user.environment["DEEP_STORE_DIRECTORY"] = "~/own"
    code = "from jupyterlab_deep import service; service.ensure()"
    user.run(sys.executable, "-c", code, check=True)
    assert (user.home / "own" / "holder.json").exists()


def test_a_store_that_is_not_absolute_is_refused_in_words(start_jupyter, user):
    (user.home / "config" / "deep.json").write_text('{"store": {"directory": "deep"}}')
    problem = start_jupyter().deep("GET", "health").json()
    assert problem["type"] == "urn:jupyterlab-deep:configuration-invalid"
    assert "deep.json" in problem["detail"] and "{user}" in problem["hint"]


def test_it_outlives_a_killed_jupyter_and_ends_by_its_own_rule(start_jupyter, user):
    user.environment["DEEP_LIMITS_IDLE_MINUTES"] = SOON
    one = start_jupyter()
    pid = one.deep("GET", "health").json()["pid"]
    one.process.send_signal(signal.SIGKILL)
    one.process.wait()
    assert is_alive(pid)
    wait_for(lambda: not is_alive(pid), "the service to end after its last client", 20)
    assert not user.discovery.exists()


def test_it_stays_while_a_jupyter_lives_that_has_used_it(start_jupyter, user):
    user.environment["DEEP_LIMITS_IDLE_MINUTES"] = SOON
    jupyter = start_jupyter()
    pid = jupyter.deep("GET", "health").json()["pid"]
    with pytest.raises(AssertionError, match="in vain"):
        wait_for(lambda: not is_alive(pid), "the service to end", 4)


def test_after_a_kill_the_next_request_starts_another(start_jupyter):
    jupyter = start_jupyter()
    pid = jupyter.deep("GET", "health").json()["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid), "the service to be gone")
    reply = jupyter.deep("GET", "health")
    assert reply.status_code == 200, reply.text
    assert reply.json()["pid"] != pid


def test_events_are_delivered_as_they_happen(start_jupyter):
    jupyter = start_jupyter()
    jupyter.deep("GET", "health").raise_for_status()
    with jupyter.deep("GET", "events", headers={"Accept": "text/event-stream"}, stream=True) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        jupyter.deep("POST", "catalogue/refresh", json={}).raise_for_status()
        lines = stream.iter_lines(decode_unicode=True)
        assert next(line for line in lines if line.startswith("event:")) in ("event: catalogue", "event: reset")


def test_straight_at_the_socket_the_token_is_needed(start_jupyter, user):
    start_jupyter().deep("GET", "health").raise_for_status()
    found = json.loads(user.discovery.read_text())
    from jupyterlab_deep.unixhttp import UnixConnection

    for token, status in ((None, 403), ("wrong", 403), (found["token"], 200)):
        connection = UnixConnection(found["socket"], 10)
        connection.request("GET", "/health", headers={"X-Deep-Token": token} if token else {})
        assert connection.getresponse().status == status
        connection.close()


def test_a_damaged_administrators_file_is_told_in_words(start_jupyter, user):
    (user.home / "config" / "deep.json").write_text('{"limits": {"idleMinutes": "many"}}')
    reply = start_jupyter().deep("GET", "health")
    assert reply.status_code == 503
    assert "deep.json" in reply.json()["detail"] and "idleMinutes" in reply.json()["detail"]


def test_a_full_disk_is_told_in_words(start_jupyter, user):
    full = user.home / "full"
    full.mkdir()
    if shutil.which("mount") is None or os.system(f"mount -t tmpfs -o size=16k tmpfs {full} 2>/dev/null"):
        pytest.skip("mounting a small tmpfs is not allowed here")
    try:
        (full / "ballast").write_bytes(b"x" * 8192)
        user.environment["DEEP_STORE_DIRECTORY"] = str(full / "store")
        reply = start_jupyter().deep("GET", "health")
        assert reply.status_code in (503, 507), reply.text
        assert reply.json()["type"] == "urn:jupyterlab-deep:no-space", reply.text
        assert str(full) in reply.json()["detail"]
    finally:
        os.system(f"umount -l {full}")


def test_requests_that_jupyter_does_not_know_are_refused_by_the_service_too(start_jupyter):
    jupyter = start_jupyter()
    assert jupyter.deep("GET", "runs/none").json()["type"] == "urn:jupyterlab-deep:not-found"
    reply = jupyter.deep("GET", "no/such/route")
    assert reply.status_code == 404 and reply.headers["Content-Type"].startswith("application/problem+json")
    assert requests.get(f"{jupyter.url}deep/health", allow_redirects=False).status_code == 302


def test_the_service_hears_where_engines_are_and_nothing_secret(monkeypatch):
    heard = {"DOCKER_HOST": "ssh://lab@gpu", "CONTAINER_HOST": "unix:///x", "SSH_AUTH_SOCK": "/agent"}
    kept = {"JUPYTERHUB_API_TOKEN": "secret", "DOCKER_PASSWORD": "secret", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name, value in (heard | kept).items():
        monkeypatch.setenv(name, value)
    environment = service_environment()
    assert heard.items() <= environment.items()
    assert not kept.keys() & environment.keys()
