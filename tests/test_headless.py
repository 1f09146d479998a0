"""Notebooks without a browser: papermill and nbclient start what they need."""

from __future__ import annotations

import shutil
import sys

import nbformat
import pytest
from conftest import ROOT, is_installed, new_user

pytestmark = pytest.mark.skipif(not is_installed(), reason="the wheel is not installed here: run npm test")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ["first-steps.ipynb", "first-steps-python.ipynb"])
def test_papermill_runs_the_example_when_no_service_runs(name):
    with new_user() as user:
        shutil.copy(ROOT / "examples" / "notebooks" / name, user.home / "work")
        assert user.service_pid() is None
        result = user.run(
            sys.executable, "-m", "papermill", "--no-progress-bar", name, "done.ipynb", timeout_s=90
        )
        assert result.returncode == 0, result.stderr[-3000:]
        assert user.service_pid() is not None
        done = nbformat.read(user.home / "work" / "done.ipynb", as_version=4)
        bundles = [output["data"] for cell in done.cells for output in cell.get("outputs", []) if "data" in output]
        assert any("Egyptian Mau" in bundle.get("text/html", "") for bundle in bundles)
        # Without the extension, and without HTML, the answer is still there.
        assert any("Egyptian Mau" in bundle.get("text/plain", "") for bundle in bundles)
