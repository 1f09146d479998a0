"""`jupyter deep check` and `client.check`: a server asked by the rules of the API."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from conftest import ROOT, free_port

CLI = (sys.executable, "-m", "jupyterlab_deep.cli")
MODEL = ROOT / "jupyterlab_deep" / "modules" / "penguin-species"


class Nothing(BaseHTTPRequestHandler):
    """Answers everything with the same page, as a proxy that hides a server does."""

    def do_GET(self):
        content = b"<html>Sign in</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def test_what_serves_model_folders_breaks_no_rule(user):
    port = free_port()
    command = [*CLI, "serve-model", str(MODEL), "--port", str(port)]
    with subprocess.Popen(command, env=user.environment, stdout=subprocess.PIPE, text=True) as process:
        assert json.loads(process.stdout.readline())["event"] == "ready"
        done = user.run(*CLI, "check", f"http://127.0.0.1:{port}")
        code = f"from jupyterlab_deep import client; import json; r = client.check('http://127.0.0.1:{port}'); print(json.dumps([r.failed, r['model']]))"
        cell = user.run(sys.executable, "-c", code)
        process.terminate()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "model penguin-species: 0 failed" in done.stdout
    assert json.loads(cell.stdout.splitlines()[-1]) == [[], "penguin-species"], cell.stderr


def test_what_is_no_module_fails_in_words_and_by_its_exit_code(user):
    server = HTTPServer(("127.0.0.1", 0), Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done = user.run(*CLI, "check", f"http://127.0.0.1:{server.server_port}")
    asked = user.run(*CLI, "check", "--json", f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    assert done.returncode == 1
    assert "✕ GET /swagger.json answers with a Swagger 2.0 document." in done.stdout
    assert "    Every client begins there" in done.stdout
    report = json.loads(asked.stdout.splitlines()[-1])
    assert {"swagger", "models-list"} <= {each["rule"] for each in report["findings"] if each["outcome"] == "failed"}


def test_where_nothing_listens_it_says_so(user):
    done = user.run(*CLI, "check", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "Nothing answers at http://127.0.0.1:" in done.stderr
