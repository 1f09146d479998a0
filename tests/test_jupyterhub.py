"""The example hub for real: JupyterHub, its proxy and culler, a user who logs in, and ours below a base URL."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from conftest import ROOT, User, free_port, is_alive, new_user, wait_for

EXAMPLE = ROOT / "examples" / "jupyterhub"
PROXY = EXAMPLE / "node_modules" / ".bin" / "configurable-http-proxy"
PACKAGES = next(iter(ROOT.glob(".venv-hub/lib/python*/site-packages")), None)
MODULE = "builtin/image-classifier"
PHOTO = ROOT / "examples" / "modules" / "image-classifier" / "examples" / "cat.jpg"
NAME = "ada@example.org"
#: What nobody has used for so long is ended.
CULL_S = 8

missing = [
    *([] if PACKAGES else ["JupyterHub in .venv-hub"]),
    *([] if PROXY.exists() else [f"configurable-http-proxy in {EXAMPLE.relative_to(ROOT)}"]),
]
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)} (node scripts/setup.mjs --tests)"),
    # A hub, and Lab three times.
    pytest.mark.timeout(150),
]

#: The example as it is, but for ports, folders, short times, and a login that has an access token to keep.
CONFIG = """
import json
import os
from pathlib import Path

from jupyterhub.auth import DummyAuthenticator

load_subconfig({example!r})
c = get_config()
HOME = Path({home!r})


class WithToken(DummyAuthenticator):
    async def authenticate(self, handler, data):
        name = await super().authenticate(handler, data)
        return name and {{"name": name, "auth_state": self.state()}}

    async def refresh_user(self, user, handler=None, **more):
        return {{"name": user.name, "auth_state": self.state()}}

    def state(self):
        return json.loads((HOME / "auth_state.json").read_text())


c.JupyterHub.authenticator_class = WithToken
c.Authenticator.auth_refresh_age = 1
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/science/"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.JupyterHub.load_roles = [
    *c.JupyterHub.load_roles,
    {{"name": "test", "scopes": ["admin:users", "admin:servers", "list:users"], "services": ["test"]}},
]
(culler,) = c.JupyterHub.services
c.JupyterHub.services = [
    {{**culler, "api_token": {culler_token!r}}},
    {{"name": "test", "api_token": {token!r}}},
]
c.SimpleLocalProcessSpawner.home_dir_template = str(HOME)
# Tests may run as root; for anybody else it changes nothing.
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = {{
    **c.Spawner.environment,
    **{{name: os.environ[name] for name in {kept!r}}},
    "JUPYTER_CONFIG_PATH": str(HOME / "etc"),
    "JUPYTERHUB_ACTIVITY_INTERVAL": "1",
}}
"""
ADMIN_TOKEN = "token-of-the-test-for-the-hub"
CULLER_TOKEN = "token-of-the-culler-for-the-hub"
KEPT = ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "DEEP_CATALOGUE_DISABLED")
#: Of the users' servers.
OFTEN = "import jupyterlab_deep.awake as awake\nawake.EVERY_S = 0.5\n"


def token_of(number: int) -> str:
    """A token as the platform wants it, without a signature."""

    def part(content: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    claims = {"sub": "ada", "number": number, "realm_access": {"roles": ["access:vo.ai4eosc.eu:ap-u"]}}
    return f"{part({'alg': 'none'})}.{part(claims)}.none"


class Elsewhere:
    """Outside of the hub: a platform that writes down who asks it, and a picture as slow as the test wants."""

    def __init__(self) -> None:
        self.asked_by: list[str] = []
        self.hold = threading.Event()
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/cat.jpg":
                    self._send_slowly(PHOTO.read_bytes())
                    return
                elsewhere.asked_by.append(self.headers["Authorization"])
                self.send_response(401)
                self.end_headers()

            def _send_slowly(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                sent = 0
                while not elsewhere.hold.wait(0.5):
                    self.wfile.write(content[sent : sent + 1])
                    sent += 1
                self.wfile.write(content[sent:])

            def log_message(self, *_: object) -> None:
                """Nothing is to be printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()


class Hub:
    """The example hub with one user, whose browser logs in."""

    def __init__(self, user: User, elsewhere: Elsewhere) -> None:
        self.user = user
        self.port = free_port()
        self.browser = requests.Session()
        self._log = user.home / "hub.log"
        self.give_token(1)
        self._write_settings(elsewhere)
        self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/science/"

    @property
    def path(self) -> str:
        return f"/science/user/{quote(NAME, safe='@')}/"

    def give_token(self, number: int) -> None:
        state = {"access_token": token_of(number), "oauth_user": {"name": "Ada Lovelace"}}
        (self.user.home / "auth_state.json").write_text(json.dumps(state))

    def log_in(self) -> None:
        page = self.browser.get(f"{self.url}hub/login", timeout=30)
        (xsrf,) = re.findall(r'name="_xsrf" value="([^"]*)"', page.text)
        form = {"username": NAME, "password": "any", "_xsrf": xsrf}
        self.browser.post(f"{self.url}hub/login", data=form, timeout=60).raise_for_status()

    def spawn(self) -> None:
        """As the browser does it: the server is asked for, its coming up is waited for, and Lab is opened."""
        self.api("POST", f"users/{NAME}/server")
        wait_for(self._has_come_up, "the user's server", 45)
        assert self.server()["url"] == self.path
        lab = self.browser.get(f"http://127.0.0.1:{self.port}{self.path}lab", timeout=60)
        assert lab.ok and lab.url.endswith(f"{self.path}lab"), self.log()

    def _has_come_up(self) -> bool:
        server = self.server()
        assert server, f"The server ended:\n{self.log()}"
        return server["ready"]

    def api(self, method: str, path: str) -> requests.Response:
        """As an administrator of the hub."""
        headers = {"Authorization": f"token {ADMIN_TOKEN}"}
        reply = requests.request(method, f"{self.url}hub/api/{path}", headers=headers, timeout=60)
        assert reply.ok, f"{reply.text}\n{self.log()}"
        return reply

    def server(self) -> dict:
        """What the hub knows of the user's server; nothing when there is none."""
        return self.api("GET", f"users/{NAME}").json()["servers"].get("", {})

    def last_activity(self) -> datetime:
        server = self.server()
        assert server, f"The server ended:\n{self.log()}"
        return datetime.fromisoformat(server["last_activity"].replace("Z", "+00:00"))

    def deep(self, method: str, path: str, **options) -> requests.Response:
        """A request as the panels send it: through the hub's proxy, with cookie and XSRF token."""
        headers = {
            "X-XSRFToken": self.xsrf,
            "Referer": f"http://127.0.0.1:{self.port}{self.path}lab",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Site": "same-origin",
            **options.pop("headers", {}),
        }
        given = {name: value for name, value in headers.items() if value is not None}
        address = f"http://127.0.0.1:{self.port}{self.path}deep/{path}"
        return self.browser.request(method, address, headers=given, timeout=60, allow_redirects=False, **options)

    @property
    def xsrf(self) -> str:
        (value,) = [each.value for each in self.browser.cookies if each.name == "_xsrf" and "/user/" in each.path]
        return value

    @contextmanager
    def impatient_culler(self) -> Iterator[None]:
        """The example's culler with its rights, but far less patience."""
        command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={CULL_S}", "--cull-every=1"]
        access = {"JUPYTERHUB_API_URL": f"{self.url}hub/api", "JUPYTERHUB_API_TOKEN": CULLER_TOKEN}
        environment = {**self.user.environment, "PYTHONPATH": self._python_path, **access}
        culler = subprocess.Popen(command, env=environment, cwd=self.user.home)
        try:
            yield
            assert culler.poll() is None, "The culler ended."
        finally:
            culler.kill()
            culler.wait()

    def close(self) -> None:
        """Politely: then the hub ends its proxy and its services, which nothing else would find."""
        self.process.terminate()
        self.process.wait(30)

    def log(self) -> str:
        return self._log.read_text()[-6000:]

    def _write_settings(self, elsewhere: Elsewhere) -> None:
        folder = self.user.home / "etc"
        folder.mkdir()
        settings = json.loads((EXAMPLE / "etc" / "deep.json").read_text())
        platform = next(each for each in settings["targets"]["more"] if each["kind"] == "papi")
        platform["address"] = elsewhere.url
        settings["network"] = {"privateHosts": [elsewhere.url.removeprefix("http://")]}
        (folder / "deep.json").write_text(json.dumps(settings))
        (folder / "jupyter_server_config.py").write_text(OFTEN)

    def _start(self) -> None:
        home = str(self.user.home)
        file = self.user.home / "hub_config.py"
        ports = {"port": self.port, "hub_port": free_port(), "api_port": free_port()}
        example = str(EXAMPLE / "jupyterhub_config.py")
        values = {"example": example, "home": home, "token": ADMIN_TOKEN, "culler_token": CULLER_TOKEN, "kept": KEPT}
        file.write_text(CONFIG.format(**values, **ports))
        environment = {
            **self.user.environment,
            "PYTHONPATH": self._python_path,
            "JUPYTERHUB_CRYPT_KEY": os.urandom(32).hex(),
            "DEEP_CATALOGUE_DISABLED": '["ai4eosc", "ai4os", "deep"]',
        }
        command = [sys.executable, "-m", "jupyterhub", f"--config={file}"]
        with open(self._log, "wb") as output:
            self.process = subprocess.Popen(command, env=environment, cwd=home, stdout=output, stderr=output)
        wait_for(self._answers, "the hub to answer", 60)

    @property
    def _python_path(self) -> str:
        """Both environments as one."""
        return os.pathsep.join(path for path in (self.user.environment.get("PYTHONPATH"), str(PACKAGES)) if path)

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"The hub ended:\n{self.log()}"
        try:
            return requests.get(f"{self.url}hub/api", timeout=5).ok
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    found = Elsewhere()
    yield found
    found.close()


@pytest.fixture(scope="module")
def hub(elsewhere: Elsewhere) -> Iterator[Hub]:
    with new_user() as user:
        shutil.copy(PHOTO, user.home / "cat.jpg")
        found = Hub(user, elsewhere)
        try:
            found.log_in()
            found.spawn()
            yield found
        finally:
            found.close()


def ended(hub: Hub, run: dict) -> dict:
    def look() -> dict | None:
        now = hub.deep("GET", f"runs/{run['id']}").json()
        return now if now["state"] in ("succeeded", "failed", "cancelled", "interrupted") else None

    return wait_for(look, "the run's end", 60)  # type: ignore[return-value]


def predict(hub: Hub, image: dict) -> dict:
    request = {"module": MODULE, "arguments": {"top_k": 1}, "files": {"image": image}}
    reply = hub.deep("POST", "inference/predictions", json=request)
    assert reply.status_code == 202, reply.text
    return reply.json()


def test_the_door_opens_to_its_user_alone(hub):
    assert Path(hub.deep("GET", "health").json()["store"]["path"]).is_relative_to(hub.user.home)
    stranger = requests.get(f"http://127.0.0.1:{hub.port}{hub.path}deep/health", timeout=30, allow_redirects=False)
    assert stranger.status_code in (302, 403)
    without = hub.deep("POST", "catalogue/refresh", json={}, headers={"X-XSRFToken": None})
    assert without.status_code == 403
    assert "XSRF" in without.json()["detail"] or "_xsrf" in without.json()["detail"]
    assert hub.deep("POST", "catalogue/refresh", json={}).status_code == 202


def test_the_catalogue_lists_and_a_module_predicts(hub):
    modules = hub.deep("GET", "catalogue/modules").json()["modules"]
    assert MODULE in [each["id"] for each in modules]
    run = ended(hub, predict(hub, {"from": "jupyter", "path": "cat.jpg"}))
    assert run["state"] == "succeeded", run
    result = hub.deep("GET", f"runs/{run['id']}/result").json()
    assert result["labels"] == ["Egyptian Mau"]


def test_what_the_administrator_has_set_holds(hub):
    targets = hub.deep("GET", "deployments/targets").json()["targets"]
    assert {each["id"]: each["title"] for each in targets} == {
        "process": "This machine",
        "container": "Containers on this machine",
        "container:gpu-host": "The GPU host",
        "im:clouds": "Clouds of the institute",
        "papi:ai4eosc": "AI4EOSC",
    }
    assert "institute" in [each["id"] for each in hub.deep("GET", "catalogue/sources").json()["sources"]]
    mine = {"kind": "folder", "title": "Mine", "address": "/tmp"}
    assert hub.deep("POST", "catalogue/sources", json=mine).status_code == 403


def test_each_fresh_token_of_the_hub_reaches_the_platform(hub, elsewhere):
    def look() -> dict | None:
        accounts = hub.deep("GET", "accounts").json()["accounts"]
        return next((each for each in accounts if each["id"] == "jupyterhub"), None)

    account = wait_for(look, "the account of the hub")
    assert (account["name"], account["state"]) == ("Ada Lovelace", "connected")
    hub.deep("POST", "deployments/targets/papi:ai4eosc/check", json={}).raise_for_status()
    assert f"Bearer {token_of(1)}" in elsewhere.asked_by

    def asked_with_the_next() -> bool:
        hub.deep("POST", "deployments/targets/papi:ai4eosc/check", json={}).raise_for_status()
        return f"Bearer {token_of(2)}" in elsewhere.asked_by

    hub.give_token(2)
    wait_for(asked_with_the_next, "the platform to be asked with the token that was renewed")


def test_a_run_at_work_keeps_the_server_and_its_end_does_not(hub, elsewhere):
    run = predict(hub, {"from": "url", "url": f"{elsewhere.url}/cat.jpg"})
    with hub.impatient_culler():
        later = datetime.now(timezone.utc) + timedelta(seconds=CULL_S + 2)
        # Nobody asks through the proxy meanwhile, which would be activity of its own.
        wait_for(lambda: hub.last_activity() > later, "activity beyond the culler's patience", 45)
        elsewhere.hold.set()
        wait_for(lambda: not hub.server(), "the culler to end the server, which is idle now", 45)

    hub.spawn()
    assert ended(hub, run)["state"] == "succeeded"


def test_what_was_deployed_goes_on_while_the_server_is_stopped(hub):
    request = {"module": MODULE, "target": "process", "options": {}, "requestId": "hub-test-1"}
    deployment = hub.deep("POST", "deployments", json=request).json()["id"]

    def look() -> dict:
        return next(each for each in hub.deep("GET", "deployments").json()["deployments"] if each["id"] == deployment)

    pid = wait_for(lambda: look().get("pid") if look()["state"] == "ready" else None, "the module")
    hub.api("DELETE", f"users/{NAME}/server")
    wait_for(lambda: not hub.server(), "the server to have stopped")
    assert is_alive(pid)

    hub.spawn()
    assert (look()["state"], look()["pid"]) == ("ready", pid)
    # The next server has another token for the hub, of which the service has heard.
    assert hub.deep("POST", "accounts/jupyterhub/check", json={}).json()["state"] == "connected"
