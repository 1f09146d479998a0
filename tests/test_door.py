"""The door: who may pass, what passes, and what it says when nothing is behind it."""

from __future__ import annotations

import json
import os
import signal
import time
from urllib.parse import unquote

import pytest
import requests
from conftest import STANDIN_CONFIG, TOKEN, is_alive, wait_for

def test_the_service_starts_with_the_first_request_and_not_with_jupyter(standin):
    assert not standin.user.discovery.exists()
    assert standin.deep("GET", "health").status_code == 200
    assert standin.user.service_pid()


def test_whoever_asks_only_a_running_service_starts_none(standin):
    gentle = {"Deep-Only-If-Running": "1"}
    reply = standin.deep("GET", "health", headers=gentle)
    assert reply.status_code == 503 and reply.json()["type"] == "urn:jupyterlab-deep:service-unavailable"
    assert not standin.user.discovery.exists()
    standin.deep("GET", "health")
    reply = standin.deep("GET", "health", headers=gentle)
    assert reply.status_code == 200
    assert "deep-only-if-running" not in reply.json()["headers"]


def test_a_service_that_left_work_unfinished_starts_with_jupyter(start_jupyter, user):
    store = user.home / "data" / "deep"
    store.mkdir(mode=0o700)
    (store / "unfinished").touch()
    start_jupyter(STANDIN_CONFIG)
    wait_for(user.service_pid, "a service that nobody asked for")


def test_without_login_nothing_passes_and_nothing_starts(standin):
    reply = requests.get(f"{standin.url}deep/health", allow_redirects=False)
    assert reply.status_code == 302 and "/login" in reply.headers["Location"]
    assert requests.post(f"{standin.url}deep/runs", json={}).status_code == 403
    assert not standin.user.discovery.exists()


def test_a_strict_server_refuses_requests_without_login_too(start_jupyter):
    jupyter = start_jupyter(STANDIN_CONFIG + "\nc.ServerApp.allow_unauthenticated_access = False")
    # Twice: what the first one logs after its answer is there when the second one is answered.
    for _ in range(2):
        assert requests.get(f"{jupyter.url}deep/health", allow_redirects=False).status_code == 302
    assert "Traceback" not in jupyter.log.read_text()


def test_jupyters_token_alone_opens_the_door_for_programs(shared):
    reply = requests.post(f"{shared.url}deep/runs", json={}, headers={"Authorization": f"token {TOKEN}"})
    assert reply.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_without_the_xsrf_token_is_refused(shared, method):
    reply = shared.deep(method, "runs/1", headers={"X-XSRFToken": None})
    assert reply.status_code == 403
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["type"] == "urn:jupyterlab-deep:unauthorized"
    assert "_xsrf" in reply.json()["detail"]


def test_a_change_from_a_foreign_origin_is_refused_even_with_the_xsrf_token(standin):
    reply = standin.deep("POST", "runs", json={}, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403
    assert "https://evil.example" in reply.json()["detail"]
    assert not standin.user.discovery.exists()


def test_a_foreign_page_cannot_read(shared):
    foreign = {"X-XSRFToken": None, "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}
    assert shared.deep("GET", "runs", headers=foreign).status_code == 403
    assert shared.deep("GET", "runs", headers={"X-XSRFToken": None, "Referer": None}).status_code == 403


def test_a_person_may_open_an_address_of_the_service(shared):
    typed = {"X-XSRFToken": None, "Referer": None, "Sec-Fetch-Site": "none"}
    assert shared.deep("GET", "runs", headers=typed).status_code == 200


@pytest.mark.parametrize(
    ("path", "content_type", "status"),
    [
        ("runs", "multipart/form-data; boundary=x", 415),
        ("runs", "application/x-www-form-urlencoded", 415),
        ("runs", "text/plain", 415),
        ("runs", "application/json; charset=utf-8", 200),
        ("inference/uploads/1", "application/octet-stream", 200),
        ("deployments/d1/http/v2/models/m/predict/", "multipart/form-data; boundary=x", 200),
        ("modules/d1/v2/models/m/predict/", "multipart/form-data; boundary=x", 200),
        ("modules/d1/v2/models/m/predict/", "application/x-www-form-urlencoded", 415),
        ("modules/d1/swagger.json", "multipart/form-data; boundary=x", 415),
        ("catalogue/modules/d1/v2/", "multipart/form-data; boundary=x", 415),
        ("inference/deployments/d1/http/", "multipart/form-data; boundary=x", 415),
    ],
)
def test_only_expected_bodies_pass(shared, path, content_type, status):
    reply = shared.deep("POST", path, data=b"--x--", headers={"Content-Type": content_type})
    assert reply.status_code == status
    if status == 415:
        assert content_type.split(";")[0] in reply.json()["detail"]


def test_the_browser_cannot_set_the_headers_of_the_door(shared):
    reply = shared.deep("GET", "health", headers={"X-Deep-Root": "/"})
    assert reply.status_code == 400
    assert "x-deep-root" in reply.json()["detail"].lower()


def test_websockets_are_refused(shared):
    reply = shared.deep("GET", "events", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert reply.status_code == 400


def test_the_service_gets_our_token_and_none_of_the_users_credentials(shared):
    seen = shared.deep("GET", f"runs?limit=2&token={TOKEN}", headers={"Authorization": f"token {TOKEN}"}).json()
    headers = seen["headers"]
    assert headers["x-deep-token"] == "stand-in-token"
    assert headers["x-deep-client"] == f"jupyter:{shared.process.pid}"
    assert unquote(headers["x-deep-root"]) == str(shared.user.home / "work")
    assert seen["url"] == "/runs?limit=2"
    assert TOKEN not in str(seen) and shared.xsrf not in str(seen)
    assert not {"cookie", "authorization", "x-xsrftoken", "referer"} & headers.keys()


def test_the_service_inherits_no_secret_of_jupyter(shared):
    environment = shared.deep("GET", "health").json()["environment"]
    assert "secret-of-the-hub" not in environment.values()
    assert environment["DEEP_DATA_DIR"] == str(shared.user.home / "data")
    assert environment["DEEP_RUNTIME_DIR"] == str(shared.user.home / "run")
    assert str(shared.user.home / "config") in environment["DEEP_CONFIG_PATH"].split(":")
    assert environment["DEEP_MODULES_PATH"].endswith("/modules")


def test_what_is_deleted_may_come_with_a_body(shared):
    seen = shared.deep("DELETE", "storage/datasets/1", json={"keepFiles": True}).json()
    assert (seen["method"], json.loads(seen["body"])) == ("DELETE", {"keepFiles": True})


def test_cookies_of_the_service_do_not_reach_the_browser(shared):
    assert "Set-Cookie" not in shared.deep("GET", "health").headers


def test_paths_arrive_as_they_were_sent(shared):
    path = "catalogue/modules/a%2Fb/x%20%3F%25/c+d"
    assert shared.deep("GET", f"{path}?text=%C3%A9+%26").json()["url"] == f"/{path}?text=%C3%A9+%26"


def test_a_root_folder_with_any_name_is_passed_on(start_jupyter, user):
    folder = user.home / "wörk €%0A"
    folder.mkdir()
    jupyter = start_jupyter(STANDIN_CONFIG, root=folder)
    assert unquote(jupyter.deep("GET", "health").json()["headers"]["x-deep-root"]) == str(folder)


def test_events_arrive_when_they_are_sent(shared):
    shared.deep("GET", "health")
    started = time.monotonic()
    with shared.deep("GET", "events", headers={"Accept": "text/event-stream"}, stream=True) as reply:
        assert next(reply.iter_lines()) == b"id: 1"
        assert time.monotonic() - started < 2
        assert reply.headers["Content-Type"] == "text/event-stream"


def test_a_stream_ends_at_the_service_when_its_reader_leaves(standin):
    standin.deep("GET", "health")
    with standin.deep("GET", "events", headers={"Accept": "text/event-stream"}, stream=True) as reply:
        next(reply.iter_lines())
    log = standin.user.home / "data" / "deep" / "service-start.log"
    wait_for(lambda: "reader gone" in log.read_text(), "the service to see that the reader left", 10)
    assert "Traceback" not in standin.log.read_text()


def test_an_answer_that_breaks_off_is_told_in_words(standin):
    for accept in ("application/json", "text/event-stream"):
        reply = standin.deep("GET", "break", headers={"Accept": accept})
        assert reply.status_code == 503
        assert reply.json()["type"] == "urn:jupyterlab-deep:service-unavailable"


def test_a_file_of_any_size_passes_with_its_length(shared):
    with shared.deep("GET", "runs/large/result", stream=True) as reply:
        assert reply.status_code == 200, reply.text
        size = sum(len(chunk) for chunk in reply.iter_content(1024**2))
    assert size == int(reply.headers["Content-Length"]) == 120 * 1024**2


def test_half_a_file_does_not_look_whole(shared):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        shared.deep("GET", "runs/half/result")


def test_after_a_kill_of_the_service_the_next_request_starts_another(standin):
    first = standin.deep("GET", "health").json()["pid"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not is_alive(first), "the service to be gone")
    second = standin.deep("GET", "health")
    assert second.status_code == 200 and second.json()["pid"] != first


def test_two_jupyters_of_one_user_share_the_service(start_jupyter):
    one, two = start_jupyter(STANDIN_CONFIG), start_jupyter(STANDIN_CONFIG)
    assert one.deep("GET", "health").json()["pid"] == two.deep("GET", "health").json()["pid"]


def test_a_discovery_file_that_others_can_read_is_not_trusted(standin):
    first = standin.deep("GET", "health").json()["pid"]
    standin.user.discovery.chmod(0o644)
    assert standin.deep("GET", "health").json()["pid"] != first


BROKEN = "import jupyterlab_deep.paths as paths\npaths.store_dir = lambda: paths.Path('/dev/null/store')\n"


def test_programs_get_a_problem_document_when_the_service_cannot_start(start_jupyter):
    reply = start_jupyter(STANDIN_CONFIG + BROKEN).deep("GET", "health")
    assert reply.status_code == 503
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    problem = reply.json()
    assert problem["type"] == "urn:jupyterlab-deep:service-unavailable"
    assert "/dev/null/store" in problem["detail"] and problem["hint"]


def test_a_person_gets_a_page_that_says_why_the_service_cannot_start(start_jupyter):
    reply = start_jupyter(STANDIN_CONFIG + BROKEN).deep("GET", "", headers={"Accept": "text/html,*/*"})
    assert reply.status_code == 503
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<h1>The service is not running</h1>" in reply.text and "/dev/null/store" in reply.text


def test_the_page_shows_the_last_lines_of_a_service_that_fell_over(start_jupyter, user):
    script = user.home / "broken.mjs"
    script.write_text("console.error('<b>cannot go on</b>'); process.exit(7);")
    config = f"import jupyterlab_deep.paths as paths\npaths.program = lambda name: paths.Path({str(script)!r})\n"
    reply = start_jupyter(config).deep("GET", "", headers={"Accept": "text/html"})
    assert reply.status_code == 503
    assert "exit code 7" in reply.text and "&lt;b&gt;cannot go on&lt;/b&gt;" in reply.text


def test_the_services_own_words_reach_the_person(start_jupyter, user):
    script = user.home / "newer.mjs"
    problem = '{"type":"urn:jupyterlab-deep:store-newer","title":"t","status":503,"detail":"Written by 9.9."}'
    script.write_text(f"console.error({problem!r}); process.exit(3);")
    config = f"import jupyterlab_deep.paths as paths\npaths.program = lambda name: paths.Path({str(script)!r})\n"
    reply = start_jupyter(config).deep("GET", "health")
    assert reply.json()["type"] == "urn:jupyterlab-deep:store-newer"
    assert reply.json()["detail"] == "Written by 9.9."
