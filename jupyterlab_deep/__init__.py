"""Deep learning modules beside the notebook: what JupyterLab and Jupyter Server load.

From notebooks: ``from jupyterlab_deep import client``.
"""

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "jupyterlab-deep"}]


def _jupyter_server_extension_points():
    return [{"module": "jupyterlab_deep.extension"}]
