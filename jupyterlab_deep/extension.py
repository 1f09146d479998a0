"""Registers the door with Jupyter Server; `_load_jupyter_server_extension` is what the server looks for."""

from __future__ import annotations

import os
import re

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.gateway.managers import GatewayKernelSpecManager
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.utils import url_path_join

from .awake import Awake
from .door import Door, DoorHandler
from .errors import DeepError
from .paths import kernels_dir, store_dir

#: The service keeps this file in its store while a batch is not at its end.
_UNFINISHED = "unfinished"


def _load_jupyter_server_extension(app: ServerApp) -> None:
    door = Door(contents_root(app))
    prefix = url_path_join(app.base_url, DoorHandler.name)
    # The service is not started here but by the first request: Lab starts no slower.
    app.web_app.add_handlers(".*$", [(re.escape(prefix) + "(/.*)", DoorHandler, {"door": door})])
    Awake(app).start()
    _offer_kernels(app)
    app.log.info("jupyterlab_deep: the door to the DEEP service is at %s/", prefix)
    app.io_loop.add_callback(_take_up, app, door)


def _offer_kernels(app: ServerApp) -> None:
    """Kernels of environments are found where they lie: nothing is written into folders of Jupyter."""
    manager = app.kernel_spec_manager
    # A gateway has kernels of another machine, and looks into no folder.
    if isinstance(manager, KernelSpecManager) and not isinstance(manager, GatewayKernelSpecManager):
        try:
            folder = str(kernels_dir())
        except DeepError as error:
            app.log.warning("jupyterlab_deep: kernels of environments are not offered: %s", error)
            return
        if folder not in manager.kernel_dirs:
            manager.kernel_dirs = [*manager.kernel_dirs, folder]


async def _take_up(app: ServerApp, door: Door) -> None:
    """What a service left unfinished goes on without anybody asking for it; else none is started here."""
    try:
        if (store_dir() / _UNFINISHED).exists():
            await door.service()
    except DeepError as error:
        app.log.warning("jupyterlab_deep: unfinished runs wait, as the DEEP service could not be started: %s", error)


def contents_root(app: ServerApp) -> str | None:
    """The folder that Jupyter's paths start from; None when contents are not local files."""
    manager = app.contents_manager
    return os.path.realpath(manager.root_dir) if isinstance(manager, FileContentsManager) else None
