"""A running module's API for other programs: by the door, with the token of Jupyter, to a real module."""

from __future__ import annotations

import pytest
import requests
from conftest import ROOT, TOKEN, Jupyter, new_user, run_jupyter, wait_for

PHOTO = ROOT / "examples" / "modules" / "image-classifier" / "examples" / "cat.jpg"
MODULE = {"module": "builtin/image-classifier"}
BY_TOKEN = {"Authorization": f"token {TOKEN}"}


@pytest.fixture(scope="module")
def jupyter():
    with new_user() as user:
        user.environment["DEEP_CATALOGUE_DISABLED"] = '["ai4eosc","ai4os","deep"]'
        user.environment["DEEP_LIMITS_UPLOAD_MB"] = "2"
        yield run_jupyter(user, "")


@pytest.fixture(scope="module")
def deployment(jupyter: Jupyter) -> dict:
    """The built-in classifier, once it is ready."""
    started = jupyter.deep("POST", "deployments", json=MODULE)
    assert started.status_code == 202, started.text
    path = f"deployments/{started.json()['id']}"
    found = []

    def is_ready() -> bool:
        found[:] = [jupyter.deep("GET", path).json()]
        return found[0]["state"] == "ready"

    wait_for(is_ready, "the module to be ready", 40)
    return found[0]


@pytest.fixture(scope="module")
def address(jupyter: Jupyter, deployment: dict) -> str:
    return f"{jupyter.url}deep/modules/{deployment['id']}{deployment['modelPath']}predict/"


def send(address: str, **options) -> requests.Response:
    """As a program elsewhere: no cookies, no page."""
    with open(PHOTO, "rb") as photo:
        files = {"image": ("a cat.jpg", photo, "image/jpeg")}
        return requests.post(address, files=files, data={"top_k": 2}, timeout=50, **options)


def test_a_program_with_a_token_predicts(address):
    reply = send(address, headers={**BY_TOKEN, "Accept": "application/json"})
    assert reply.status_code == 200, reply.text
    assert reply.json()["predictions"]["labels"][0] == "Egyptian Mau"
    assert len(reply.json()["predictions"]["labels"]) == 2
    assert reply.headers["Content-Security-Policy"] == "sandbox"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    # Jupyter's own login, if any: the module has none to give.
    assert all(cookie.name.startswith("username-") for cookie in reply.cookies)


def test_nobody_else_does(jupyter, address):
    assert send(address, allow_redirects=False).status_code == 403
    assert send(address, headers={"Authorization": "token wrong"}).status_code == 403
    # A page of another site has the cookie, but no XSRF token.
    foreign = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    with open(PHOTO, "rb") as photo:
        reply = jupyter.browser.post(address, files={"image": photo}, headers=foreign, timeout=50)
    assert reply.status_code == 403


def test_what_the_module_refuses_is_told_by_it(address):
    # Many: an answer that comes while the request is being ended was lost now and then.
    for _ in range(40):
        reply = requests.post(address, json={"top_k": 0}, headers=BY_TOKEN, timeout=50)
        assert reply.status_code == 422, reply.text
        assert {"image", "top_k"} & reply.json().keys()


def test_what_is_too_large_is_refused_with_the_limit(address):
    reply = requests.post(address, files={"image": b"x" * (3 * 1024**2)}, headers=BY_TOKEN, timeout=50)
    assert reply.status_code == 413
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    assert "at most 2 MB" in reply.json()["detail"] and "run" in reply.json()["hint"]


def test_its_description_is_there_and_its_pages_are_not(jupyter, deployment):
    below = f"{jupyter.url}deep/modules/{deployment['id']}"
    swagger = requests.get(f"{below}/swagger.json", headers=BY_TOKEN, timeout=50)
    assert swagger.json()["swagger"] == "2.0"
    models = requests.get(f"{below}/v2/models/", headers=BY_TOKEN, timeout=50)
    assert len(models.json()["models"]) == 1
    assert requests.get(f"{below}/", headers=BY_TOKEN, timeout=50).status_code == 404


def test_a_deployment_that_is_unknown_or_not_ready_is_named_so(jupyter, deployment, address):
    unknown = requests.get(f"{jupyter.url}deep/modules/nothing/v2/", headers=BY_TOKEN, timeout=50)
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:jupyterlab-deep:not-found")
    path = f"deployments/{deployment['id']}"
    jupyter.deep("DELETE", path)
    wait_for(lambda: jupyter.deep("GET", path).json()["state"] == "stopped", "the module to stop")
    stopped = send(address, headers=BY_TOKEN)
    assert (stopped.status_code, stopped.json()["type"]) == (409, "urn:jupyterlab-deep:conflict")
