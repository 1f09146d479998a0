"""Serves one Python module by `deepaas-run` on a unix socket. Runs with the Python of the module's own environment.

Usage: deepaas_on_socket.py SOCKET MODEL IDLE_MINUTES DETAIL [WATCHED_FOLDER …]

Ends by itself with 0 after its idle time, with 86 when the watched folders (the module's weights) have changed and nothing is being
computed: argument lists are built once, so a new start must show them. Needs nothing of jupyterlab_deep.
"""

import asyncio
import json
import os
import signal
import site
import sys
import time

#: Read by the service: start it again.
CHANGED = 86
LOOK_S = 2.0
#: As in `--workers`: a training must not block predictions.
WORKERS = 2
#: More files than weights have: the folder holds something else, and is not watched.
MAX_WATCHED = 5000

# Not below the guard at the end: workers are spawned processes, which import this file and need the module too.
if os.environ.get("DEEP_MODULE_PATH"):
    site.addsitedir(os.environ["DEEP_MODULE_PATH"])


class Watch:
    """Knows what is being computed, since when nothing was, and whether the weights have changed."""

    def __init__(self, idle_s, folders):
        self.exit_code = 0
        self._idle_s = idle_s
        self._folders = folders
        self._tasks = set()
        self._open = 0
        self._last = time.monotonic()
        self._seen = self._pending = look_at(folders)

    def hold(self, task):
        """A prediction or training, until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._release)
        return task

    def _release(self, task):
        self._tasks.discard(task)
        self._last = time.monotonic()

    async def around(self, request, handler):
        self._open += 1
        try:
            return await handler(request)
        finally:
            self._open -= 1
            self._last = time.monotonic()

    async def run(self):
        while not self._is_over():
            await asyncio.sleep(LOOK_S)
        # How a process ended is told to its parent only, and the service may be another one by now.
        why = "changed" if self.exit_code == CHANGED else "idle"
        print(json.dumps({"event": "ended", "why": why}), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

    def _is_over(self):
        if self._tasks or self._open:
            return False
        if self._idle_s and time.monotonic() - self._last >= self._idle_s:
            return True
        now = look_at(self._folders)
        # Twice the same: whoever writes them has finished.
        is_written = now == self._pending
        self._pending = now
        if now != self._seen and is_written:
            self.exit_code = CHANGED
            return True
        return False


def look_at(folders):
    """Names, sizes and times of all files below the folders; None where that is too much to look at."""
    found = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                try:
                    status = os.stat(os.path.join(parent, name))
                except OSError:
                    continue
                found.append((parent, name, status.st_size, status.st_mtime_ns))
            if len(found) > MAX_WATCHED:
                return None
    return sorted(found)


async def watched(app, watch):
    """The app that deepaas makes, with a watch over it."""
    from aiohttp import web

    made = await app

    @web.middleware
    async def around(request, handler):
        return await watch.around(request, handler)

    async def look(_):
        made["deep-watch"] = asyncio.ensure_future(watch.run())

    made.middlewares.append(around)
    made.on_startup.append(look)
    return made


def load(model):
    """Imports the module before deepaas does, which hides why it fails."""
    from importlib.metadata import entry_points

    found = entry_points(group="deepaas.v2.model", name=model)
    if not found:
        sys.exit(f"There is no entry point {model} in the group deepaas.v2.model.")
    next(iter(found)).load()


def main():
    socket, model, idle_minutes, detail, *folders = sys.argv[1:]
    # The service shows it as what computes.
    backend = "Python %d.%d" % sys.version_info[:2]
    print(json.dumps({"event": "starting", "backend": backend, "detail": detail}), flush=True)
    load(model)
    from aiohttp import web
    from deepaas.cmd import run
    from deepaas.model.v2.wrapper import ModelWrapper

    watch = Watch(float(idle_minutes) * 60, folders)
    start_task = ModelWrapper._run_in_pool
    ModelWrapper._run_in_pool = lambda self, *args, **options: watch.hold(start_task(self, *args, **options))
    run_app = web.run_app

    def on_socket(app, host=None, port=None, **options):
        run_app(watched(app, watch), path=socket, **options)

    web.run_app = on_socket
    sys.argv[1:] = ["--model-name", model, "--workers", str(WORKERS), "--client-max-size", "0"]
    run.main()
    sys.exit(watch.exit_code)


if __name__ == "__main__":
    main()
