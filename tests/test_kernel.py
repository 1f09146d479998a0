"""The kernelspec TypeScript (DEEP) and its launcher."""

from __future__ import annotations

import json
import sys

from conftest import ROOT


def test_typescript_cells_run_in_the_kernel_that_the_wheel_registers(user, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    code = "const version: string = process.versions.node; console.log(version)"
    assert said_by(user, code).strip().startswith("24.")


def said_by(user, code: str) -> str:
    """What a cell prints."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="deep-typescript")
    manager.start_kernel(cwd=str(user.home / "work"))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=40)
        said: list[str] = []
        client.execute_interactive(
            code,
            timeout=40,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        return "".join(said)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_cells_use_the_store_that_deep_json_names(user, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    (user.home / "config" / "deep.json").write_text(json.dumps({"store": {"directory": str(user.home / "own")}}))
    code = (
        "import { catalogue } from '@jupyterlab-deep/kernel-helpers';\n"
        "const found = await catalogue.search('image'); console.log(found.length > 0)"
    )
    assert "true" in said_by(user, code)
    assert (user.home / "own" / "holder.json").exists() and not (user.home / "data" / "deep").exists()


def test_a_broken_installation_is_told_instead_of_a_dead_kernel(user):
    code = (
        "import jupyterlab_deep.paths as paths, jupyterlab_deep.kernel as kernel\n"
        "paths.node_home = lambda: paths.Path('/nowhere')\n"
        "kernel.main(['connection.json'])"
    )
    result = user.run(sys.executable, "-c", code)
    assert result.returncode == 1
    assert "could not be started" in result.stderr and "/nowhere/kernel.cjs is missing" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_kernelspec_brings_its_pictures():
    names = {file.name for file in (ROOT / "jupyterlab_deep" / "kernelspec").iterdir()}
    assert {"kernel.json", "logo-svg.svg", "logo-32x32.png", "logo-64x64.png"} <= names
