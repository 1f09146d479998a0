"""Starts a kernel, does the steps read from standard input, prints what came back: both JSON."""

import json
import sys
import threading
import time

from jupyter_client.manager import start_new_kernel

task = json.load(sys.stdin)
started = time.monotonic()
manager, client = start_new_kernel(kernel_name=task["kernel"], cwd=task["folder"], startup_timeout=50)
results = [{"startMs": round((time.monotonic() - started) * 1000), "pid": manager.provisioner.process.pid}]


def execute(step):
    outputs = []
    began = time.monotonic()

    def keep(message):
        if message["msg_type"] != "status":
            outputs.append({"type": message["msg_type"], **message["content"]})

    if "interruptAfterS" in step:
        threading.Timer(step["interruptAfterS"], manager.interrupt_kernel).start()
    reply = client.execute_interactive(step["execute"], output_hook=keep, timeout=40)["content"]
    if reply["status"] == "error":
        # tslab refuses everything for 200 ms after a failed cell.
        time.sleep(0.4)
    return {"reply": reply, "outputs": outputs, "elapsedMs": round((time.monotonic() - began) * 1000)}


def complete(step):
    message = client.complete(step["complete"], len(step["complete"]))
    while True:
        reply = client.get_shell_msg(timeout=20)
        if reply["parent_header"].get("msg_id") == message:
            return reply["content"]


try:
    for step in task["steps"]:
        results.append(execute(step) if "execute" in step else complete(step))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(json.dumps(results))
