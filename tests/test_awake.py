"""Work keeps a hub from ending Jupyter, and nothing else of ours does."""

from __future__ import annotations

import time

import requests
from conftest import STANDIN_CONFIG, TOKEN, wait_for

OFTEN = "\nimport jupyterlab_deep.awake as awake\nawake.EVERY_S = 0.2"


def last_activity(jupyter) -> str:
    reply = requests.get(f"{jupyter.url}api/status", headers={"Authorization": f"token {TOKEN}"}, timeout=10)
    return reply.json()["last_activity"]


def test_jupyter_counts_as_active_while_a_run_is_at_work(start_jupyter):
    jupyter = start_jupyter(STANDIN_CONFIG + OFTEN)
    assert not jupyter.user.service_pid(), "nobody asked for the service"
    jupyter.deep("GET", "health").raise_for_status()
    idle = last_activity(jupyter)
    # Several looks of its own.
    time.sleep(1)
    assert last_activity(jupyter) == idle

    at_work = jupyter.user.discovery.parent / "awake"
    at_work.touch()
    wait_for(lambda: last_activity(jupyter) > idle, "Jupyter to count as active")

    at_work.unlink()
    time.sleep(0.5)
    ended = last_activity(jupyter)
    time.sleep(1)
    assert last_activity(jupyter) == ended
