"""Configuration of the browser tests' server; it switches authentication off, so never use it elsewhere."""

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)  # noqa: F821
c.ServerApp.root_dir = os.environ["DEEP_UI_ROOT"]  # noqa: F821
c.ServerApp.port = int(os.environ["GALATA_PORT"])  # noqa: F821
c.ServerApp.port_retries = 0  # noqa: F821
c.ServerApp.allow_root = True  # noqa: F821
