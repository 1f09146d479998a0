"""Prints the milliseconds from starting the TypeScript kernel to the end of a cell that imports the helpers."""

import sys
import time

from jupyter_client.manager import start_new_kernel

CELL = "import { modules, catalogue } from '@jupyterlab-deep/kernel-helpers';\nconsole.log(typeof modules.open, typeof catalogue.search);"


def main() -> None:
    started = time.monotonic()
    manager, client = start_new_kernel(kernel_name="deep-typescript", startup_timeout=60)
    texts: list[str] = []

    def note(message: dict) -> None:
        if message["msg_type"] == "stream":
            texts.append(message["content"]["text"])

    try:
        reply = client.execute_interactive(CELL, timeout=60, output_hook=note)
        elapsed = time.monotonic() - started
        if reply["content"]["status"] != "ok" or "function function" not in "".join(texts):
            sys.exit(f"the cell failed: {reply['content']} {''.join(texts)}")
        print(round(elapsed * 1000, 1))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main()
