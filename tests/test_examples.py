"""Examples that bring tests of their own."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import ROOT

PYTHON = ROOT / ".venv-peers" / "bin" / "python"
MODULE = ROOT / "examples" / "modules" / "table-classifier"


@pytest.mark.skipif(not PYTHON.exists(), reason="there is no .venv-peers (node scripts/setup.mjs --peers)")
@pytest.mark.timeout(180)
def test_the_module_to_copy_passes_its_own_tests():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONPATH"))}
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=MODULE,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout and "skipped" not in done.stdout
