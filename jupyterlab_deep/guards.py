"""What the door refuses before the service sees it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from jupyter_server.base.handlers import JupyterHandler
from tornado import httputil, web

from .errors import DeepError

_BODY_TYPES = ("application/json", "application/octet-stream")
#: Multipart goes to modules only: a page of another site can send it without asking.
_PASS_THROUGH = re.compile(r"/deployments/[^/]+/http/|/modules/[^/]+/v2/")
#: What the door itself tells the service.
_OF_THE_DOOR = ("/accounts/hub",)
_BY_STATUS = {
    400: "invalid-request",
    403: "unauthorized",
    404: "not-found",
    413: "too-large",
    415: "unsupported-media-type",
}


class Refusal(web.HTTPError):
    """An HTTPError that carries the failure in words."""

    def __init__(self, error: DeepError) -> None:
        super().__init__(error.status, "%s", error.detail)
        self.error = error


def check_sender(handler: JupyterHandler) -> None:
    """Jupyter's own XSRF, origin and referer checks."""
    try:
        JupyterHandler.check_xsrf_cookie(handler)
    except web.HTTPError as error:
        # Jupyter hides a foreign origin behind a bare 404.
        if error.status_code != 404:
            raise
        origin = handler.request.headers.get("Origin")
        raise Refusal(
            DeepError(
                "unauthorized",
                f"The request comes from another site: {origin}.",
                hint="Open Jupyter by its own address.",
            )
        ) from error


def check_request(handler: JupyterHandler, path: str) -> None:
    """Raises a Refusal when a request of a logged-in user must not reach the service at `path`."""
    request = handler.request
    if unquote(path).rstrip("/") in _OF_THE_DOOR:
        raise Refusal(DeepError("unauthorized", "Only Jupyter itself says how its hub is asked."))
    _check_headers(request)
    if request.method in ("GET", "HEAD"):
        _check_reader(handler)
    _check_body(request, path)


def _check_headers(request: httputil.HTTPServerRequest) -> None:
    if "upgrade" in request.headers.get("Connection", "").lower() or request.headers.get("Upgrade"):
        raise Refusal(
            DeepError("invalid-request", "The DEEP service has no websockets.", hint="Read its event stream.")
        )
    ours = [name for name in request.headers if name.lower().startswith("x-deep-")]
    if ours:
        raise Refusal(DeepError("invalid-request", f"Headers that only Jupyter may set were sent: {', '.join(ours)}."))


def _check_reader(handler: JupyterHandler) -> None:
    """Reading needs Jupyter's token, its XSRF token, or a page of this origin; or a person who opens the address."""
    # Set by the browser itself, out of reach of any page; older browsers fall back to the referer.
    if handler.request.headers.get("Sec-Fetch-Site") in ("same-origin", "none"):
        return
    check_sender(handler)


def _check_body(request: httputil.HTTPServerRequest, path: str) -> None:
    if not request.body:
        return
    if request.method in ("GET", "HEAD"):
        raise Refusal(DeepError("invalid-request", f"A {request.method} request has no body."))
    sent = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if sent in _BODY_TYPES or (sent == "multipart/form-data" and _PASS_THROUGH.match(path)):
        return
    raise Refusal(
        DeepError(
            "unsupported-media-type",
            f"The body is {sent or 'of no stated type'}; accepted are {' and '.join(_BODY_TYPES)}.",
        )
    )


def refusal_of(status: int, exc_info: tuple[Any, Any, Any] | None) -> DeepError:
    """What a request that ended with an exception is told: Jupyter's own refusals in the same shape as ours."""
    raised = exc_info[1] if exc_info else None
    if isinstance(raised, Refusal):
        return raised.error
    if isinstance(raised, web.HTTPError):
        said = raised.log_message % raised.args if raised.log_message else raised.reason or ""
        said = said or httputil.responses.get(status, "")
        return DeepError(_BY_STATUS.get(status, "internal"), f"Jupyter refused this request: {said}", status=status)
    return DeepError(
        "internal",
        "The door to the DEEP service failed.",
        hint="Jupyter's log has the details.",
        technical=f"{type(raised).__name__}: {raised}",
        status=status,
    )
