"""Files as DEEPaaS hands them over."""

import contextlib
import os


@contextlib.contextmanager
def opened(file):
    """The path of a file argument. An upload is removed afterwards: DEEPaaS leaves that to the module."""
    path = getattr(file, "filename", file)
    try:
        yield path
    finally:
        if path is not file:
            with contextlib.suppress(OSError):
                os.unlink(path)
