"""Environments in Jupyter: their kernels are found where they lie, and cells make and list them."""

from __future__ import annotations

import json
import sys

import pytest
from conftest import ROOT, wait_for

#: A kernel of an environment as the service leaves it; the test of the service makes real ones.
SPEC = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Example (DEEP)",
    "language": "python",
    "env": {"IT_IS": "{resource_dir}"},
}


@pytest.mark.timeout(90)
def test_kernels_of_environments_are_offered_where_they_lie_and_run(user, start_jupyter):
    jupyter = start_jupyter()
    kernels = user.home / "data" / "deep" / "environments" / "kernels"
    names = lambda: jupyter.browser.get(f"{jupyter.url}api/kernelspecs").json()["kernelspecs"]  # noqa: E731
    assert "deep-example" not in names()
    # The folder, and what is in it, may come while Jupyter runs.
    (kernels / "deep-example").mkdir(parents=True)
    (kernels / "deep-example" / "kernel.json").write_text(json.dumps(SPEC))
    assert names()["deep-example"]["spec"]["display_name"] == "Example (DEEP)"
    headers = {"X-XSRFToken": jupyter.xsrf, "Referer": f"{jupyter.url}lab"}
    started = jupyter.browser.post(f"{jupyter.url}api/kernels", json={"name": "deep-example"}, headers=headers)
    assert started.status_code == 201, started.text
    path = f"{jupyter.url}api/kernels/{started.json()['id']}"
    wait_for(lambda: jupyter.browser.get(path).json()["execution_state"] in ("starting", "idle"), "the kernel")
    assert jupyter.browser.delete(path, headers=headers).status_code == 204
    assert not (user.home / "data" / "kernels" / "deep-example").exists()


CELLS = """
from jupyterlab_deep import environments
from jupyterlab_deep.errors import DeepError
found = environments.list()
assert {"onnx", "pytorch", "scikit-learn"} <= {each["name"] for each in found}, found
assert "to download" in repr(found) and "<table" in found._repr_mimebundle_()["text/html"]
machine = environments.machine()
assert machine["cpus"] > 0 and machine["disk"]["freeBytes"] > 0 and machine["gpuNote"]
for call in (lambda: environments.create("nothing"), lambda: environments.packages("onnx"), lambda: environments.remove("onnx")):
    try:
        call()
    except DeepError as error:
        assert error.key == "not-found", error
    else:
        raise AssertionError("it was not refused")
print("said")
"""


@pytest.mark.timeout(60)
@pytest.mark.skipif(
    not (ROOT / "jupyterlab_deep" / "node" / "environments").is_dir(), reason="the bundles are not built: npm run build:node"
)
def test_cells_list_environments_and_are_refused_in_words(user):
    result = user.run(sys.executable, "-c", CELLS)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "said" in result.stdout
