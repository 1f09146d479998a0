"""`pip install .` into an empty environment without Node on the PATH, then notebooks on both kernels without a network."""

import os
import shutil
import subprocess
import sys
import textwrap
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Leaves the network behind (loopback stays: kernels speak over it), then becomes the command that follows.
OFFLINE = textwrap.dedent(
    """
    import ctypes, fcntl, os, socket, struct, sys
    CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 0x1
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(77)
    with socket.socket() as probe:
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    os.execvp(sys.argv[1], sys.argv[1:])
    """
)
NOT_PERMITTED = 77


def tracked_files() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The environment's folder, with the product installed from a copy of the source tree."""
    base = tmp_path_factory.mktemp("install")
    source = base / "source"
    for name in tracked_files():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    venv.create(base / "env", with_pip=True)
    python = base / "env/bin/python"
    programs = base / "programs"
    programs.mkdir()
    # Without Node, npm and this test's own environment: only what any machine has.
    for name in ("sh", "git", "env", "uname", "ldd", "getconf"):
        if found := shutil.which(name, path="/usr/bin:/bin"):
            (programs / name).symlink_to(found)
    environment = {
        key: value for key, value in os.environ.items()
        if not key.startswith(("npm_", "VIRTUAL_ENV", "DEEP_", "JUPYTER_", "PYTHON"))
    } | {"PATH": str(programs)}
    for what in (["."], ["nbclient", "ipykernel"]):
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *what],
            cwd=source, env=environment, check=True, timeout=900,
        )
    return base / "env"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("notebook", ["first-steps.ipynb", "first-steps-python.ipynb"])
def test_a_notebook_runs_after_pip_install_without_node_and_network(installed, tmp_path, notebook):
    modules = next(installed.glob("lib/python*/site-packages/jupyterlab_deep/modules"))
    shutil.copytree(modules / "image-classifier/examples", tmp_path / "photos")
    shutil.copytree(ROOT / "examples/notebooks", tmp_path / "notebooks")
    (tmp_path / "empty").mkdir()
    environment = {
        "PATH": str(tmp_path / "empty"), "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8",
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(installed / "bin/jupyter-execute"), "--inplace", notebook],
        cwd=tmp_path / "notebooks", env=environment, capture_output=True, text=True, timeout=240,
    )
    subprocess.run(
        [installed / "bin/jupyter-deep", "reset", "--yes", "--delete"], env=environment, capture_output=True, timeout=30
    )
    if run.returncode == NOT_PERMITTED:
        pytest.skip("this machine does not let tests leave the network (unshare CLONE_NEWNET)")
    assert run.returncode == 0, run.stderr
    done = (tmp_path / "notebooks" / notebook).read_text()
    assert "Egyptian" in done and "text/html" in done
