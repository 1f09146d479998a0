"""Real Jupyter servers for the tests, each in folders of its own, and nothing left running behind them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent
BASE_URL = "/user/ada%40example/"
TOKEN = "token-of-this-test"
#: Puts the stand-in in the service's place; everything else is what users run.
STANDIN_CONFIG = f"""
import jupyterlab_deep.paths as paths
from pathlib import Path
paths.program = lambda name: Path({str(ROOT / "tests" / "standin_service.mjs")!r})
"""


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = 30) -> object:
    """Waits until `condition` is true and returns its value."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout_s:.0f} s in vain: {what}")


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass
class User:
    """Folders of one user, and the environment that points there."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "t"),
            "XDG_RUNTIME_DIR": str(self.home / "x"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "run"),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "IPYTHONDIR": str(self.home / "ipython"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            # What a hub gives its servers: it must not go further.
            "JUPYTERHUB_API_TOKEN": "secret-of-the-hub",
            "JPY_API_TOKEN": "secret-of-the-hub",
        }
        for folder in ("t", "x", "data", "run", "config/jupyter_server_config.d", "work"):
            (self.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        if not is_installed():
            self.environment["PYTHONPATH"] = str(ROOT)
            shutil.copy(ROOT / "jupyter-config" / "jupyterlab_deep.json", self.home / "config/jupyter_server_config.d")
            shutil.copytree(ROOT / "jupyterlab_deep" / "kernelspec", self.home / "data/kernels/deep-typescript")

    @property
    def discovery(self) -> Path:
        return self.home / "run" / "deep" / "service.json"

    def service_pid(self) -> int | None:
        try:
            return json.loads(self.discovery.read_text())["pid"]
        except (FileNotFoundError, ValueError):
            return None

    def run(self, *command: str, timeout_s: float = 50, **options) -> subprocess.CompletedProcess[str]:
        """Runs a command of this user to its end."""
        return subprocess.run(
            command,
            env=self.environment,
            cwd=self.home / "work",
            capture_output=True,
            text=True,
            timeout=timeout_s,
            **options,
        )


def processes_of(home: Path) -> list[int]:
    needle = f"HOME={home}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and needle in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def is_installed() -> bool:
    try:
        distribution("jupyterlab_deep")
    except PackageNotFoundError:
        return False
    return "PYTHONPATH" not in os.environ


@dataclass
class Jupyter:
    """A running Jupyter server and a browser-like session that is logged in by cookie."""

    user: User
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def __post_init__(self) -> None:
        self.browser = requests.Session()
        wait_for(self._answers, "Jupyter to answer", 40)
        self.browser.get(f"{self.url}login", params={"token": TOKEN}).raise_for_status()

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"Jupyter ended:\n{self.log.read_text()}")
        try:
            return requests.get(f"{self.url}api", timeout=5).ok
        except requests.ConnectionError:
            return False

    def deep(self, method: str, path: str, **options) -> requests.Response:
        """A request as the panels send it: cookie, XSRF token, referer of this origin."""
        headers = {"X-XSRFToken": self.xsrf, "Referer": f"{self.url}lab", **options.pop("headers", {})}
        given = {name: value for name, value in headers.items() if value is not None}
        return self.browser.request(method, f"{self.url}deep/{path}", headers=given, timeout=50, **options)

    @property
    def xsrf(self) -> str:
        return [cookie.value for cookie in self.browser.cookies if cookie.name == "_xsrf"][-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def new_user() -> Iterator[User]:
    # Not tmp_path: the path of a unix socket is limited to about 100 bytes.
    home = Path(tempfile.mkdtemp(prefix="d", dir="/tmp"))
    yield User(home)
    end_all(home)
    shutil.rmtree(home, ignore_errors=True)


def end_all(home: Path) -> None:
    """Ends every process that names a folder of this user in its environment."""
    for pid in processes_of(home):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    wait_for(lambda: not [pid for pid in processes_of(home) if is_alive(pid)], "everything to have ended", 10)


def run_jupyter(user: User, config: str, root: Path | None = None, sandbox: Sequence[str] = ()) -> Jupyter:
    """Starts a Jupyter server; `config` is Python text for its configuration, `sandbox` a command that runs it."""
    port = free_port()
    file = user.home / f"config-{port}.py"
    file.write_text(config)
    log = user.home / f"jupyter-{port}.log"
    command = [
        *sandbox, sys.executable, "-m", "jupyter_server", f"--config={file}", "--ServerApp.open_browser=False", "--allow-root",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.base_url={BASE_URL}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root or user.home / 'work'}",
    ]  # fmt: skip
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=user.environment, cwd=user.home, stdout=output, stderr=output)
    return Jupyter(user, f"http://127.0.0.1:{port}{BASE_URL}", process, log)


@pytest.fixture
def user() -> Iterator[User]:
    with new_user() as found:
        yield found


@pytest.fixture
def start_jupyter(user: User) -> Callable[..., Jupyter]:
    """Starts Jupyter servers of one user; they end with the user."""
    return lambda config="", **options: run_jupyter(user, config, **options)


@pytest.fixture
def standin(user: User) -> Jupyter:
    """A Jupyter server behind whose door a stand-in shows what reaches it."""
    return run_jupyter(user, STANDIN_CONFIG)


@pytest.fixture(scope="session")
def shared() -> Iterator[Jupyter]:
    """The same for tests that change nothing; its service runs already."""
    with new_user() as found:
        jupyter = run_jupyter(found, STANDIN_CONFIG)
        assert jupyter.deep("GET", "health").status_code == 200
        yield jupyter
