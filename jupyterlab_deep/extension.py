"""Registers the door with Jupyter Server; `_load_jupyter_server_extension` is what the server looks for."""

from __future__ import annotations

import os
import re

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.utils import url_path_join

from .awake import Awake
from .door import Door, DoorHandler
from .errors import DeepError
from .paths import store_dir

#: The service keeps this file in its store while a batch is not at its end.
_UNFINISHED = "unfinished"


def _load_jupyter_server_extension(app: ServerApp) -> None:
    door = Door(contents_root(app))
    prefix = url_path_join(app.base_url, DoorHandler.name)
    # The service is not started here but by the first request: Lab starts no slower.
    app.web_app.add_handlers(".*$", [(re.escape(prefix) + "(/.*)", DoorHandler, {"door": door})])
    Awake(app).start()
    app.log.info("jupyterlab_deep: the door to the DEEP service is at %s/", prefix)
    app.io_loop.add_callback(_take_up, app, door)


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
