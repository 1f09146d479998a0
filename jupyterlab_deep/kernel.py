"""Starts the kernel *TypeScript (DEEP)*: ``python -m jupyterlab_deep.kernel CONNECTION_FILE``."""

from __future__ import annotations

import os
import sys

from . import paths
from .errors import DeepError


def main(arguments: list[str]) -> None:
    """Replaces this process by the kernel on the wheel's Node."""
    if len(arguments) != 1:
        sys.exit("Usage: python -m jupyterlab_deep.kernel CONNECTION_FILE")
    try:
        node, launcher, folders = paths.node(), paths.program("kernel.cjs"), paths.environment()
    except DeepError as error:
        sys.exit(f"The kernel TypeScript (DEEP) could not be started. {error}")
    home = paths.node_home()
    environment = {
        **os.environ,
        **folders,
        "DEEP_NODE_HOME": str(home),
        # Cells find the helpers from notebooks in any folder; the user's own entries come after.
        "NODE_PATH": os.pathsep.join(filter(None, [str(home / "node_modules"), os.environ.get("NODE_PATH")])),
    }
    os.execve(node, [str(node), str(launcher), arguments[0]], environment)


if __name__ == "__main__":
    main(sys.argv[1:])
