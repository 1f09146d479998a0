"""Files as DEEPaaS hands them over."""

import contextlib
import os


@contextlib.contextmanager
def paths(args, names):
    """The arguments with paths in place of files. Uploads are removed afterwards: DEEPaaS leaves that to the module."""
    given = dict(args)
    uploads = []
    for name in names:
        path = getattr(given.get(name), "filename", None)
        if path is not None:
            uploads.append(path)
            given[name] = path
    try:
        yield given
    finally:
        for path in uploads:
            with contextlib.suppress(OSError):
                os.unlink(path)
