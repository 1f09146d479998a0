"""How the service learns of the hub: from the door, over its socket, and from nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import STANDIN_CONFIG, wait_for

USER = "ada@example.org"


class HubStandIn:
    """A stand-in of the hub's API: `users/<name>` gives auth_state to the token of a running server."""

    def __init__(self) -> None:
        self.token = "hub-token-1"
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_known = self.headers["Authorization"] == f"token {hub.token}"
                is_user = self.path == "/hub/api/users/ada%40example.org"
                self.send_response(200 if is_known and is_user else 403)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                state = {"access_token": "access-of-the-hub", "oauth_user": {"name": "Ada Lovelace"}}
                self.wfile.write(json.dumps({"name": USER, "auth_state": state}).encode())

            def log_message(self, *_: object) -> None:
                """Nothing is to be printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hub/api"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def environment(self) -> dict[str, str]:
        return {"JUPYTERHUB_API_URL": self.url, "JUPYTERHUB_API_TOKEN": self.token, "JUPYTERHUB_USER": USER}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hub() -> Iterator[HubStandIn]:
    found = HubStandIn()
    yield found
    found.close()


def accounts(jupyter) -> list[dict]:
    return jupyter.deep("GET", "accounts").json()["accounts"]


def test_the_account_of_the_hub_is_found_by_itself_and_survives_new_tokens_and_services(start_jupyter, user, hub):
    user.environment.update(hub.environment())
    one = start_jupyter()
    account = wait_for(lambda: accounts(one), "the account of the hub")[0]
    assert (account["id"], account["name"], account["state"]) == ("jupyterhub", "Ada Lovelace", "connected")

    hub.token = "hub-token-2"
    assert one.deep("POST", "accounts/jupyterhub/check", json={}).json()["state"] == "expired"
    one.process.kill()
    one.process.wait()
    user.environment.update(hub.environment())
    pid = user.service_pid()
    two = start_jupyter()
    wait_for(lambda: [each["state"] for each in accounts(two)] == ["connected"], "the account by the new token")
    assert user.service_pid() == pid, "the service is the same"


def test_no_secret_of_the_hub_is_passed_on_or_written_down(start_jupyter, user, hub):
    user.environment.update(hub.environment())
    jupyter = start_jupyter()
    wait_for(lambda: accounts(jupyter), "the account of the hub")
    proc = Path(f"/proc/{user.service_pid()}")
    places = [proc / "environ", proc / "cmdline", user.discovery, *(user.home / "data/deep").glob("*"), jupyter.log]
    for place in places:
        if place.is_file():
            content = place.read_bytes()
            assert hub.token.encode() not in content and b"access-of-the-hub" not in content, place


@pytest.mark.parametrize("path", ["accounts/hub", "accounts/%68ub", "accounts/hub/"])
def test_a_page_cannot_say_where_the_hub_is(shared, path):
    access = {"url": "https://evil.example", "user": "x", "token": "y"}
    reply = shared.deep("PUT", path, json=access)
    assert reply.status_code == 403
    assert "Only Jupyter itself" in reply.json()["detail"]


def test_outside_of_a_hub_nothing_is_told(start_jupyter):
    jupyter = start_jupyter(STANDIN_CONFIG)
    assert jupyter.deep("GET", "health").status_code == 200
    assert "told of the hub" not in jupyter.log.read_text()
