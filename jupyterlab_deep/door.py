"""The guarded door from Jupyter to the service: Jupyter's login and checks in front, our token behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import aiohttp
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from jupyter_server_proxy.handlers import NamedLocalProxyHandler
from tornado import httputil, web
from tornado.httpclient import HTTPClientError
from tornado.iostream import StreamClosedError

from . import service
from .errors import PROBLEM_TYPE, DeepError
from .guards import Refusal, check_request, check_sender, refusal_of
from .hub import Hub
from .page import error_page
from .service import Service, Unusable

#: After a failed start the same answer is given for so long: many waiting requests are not as many starts.
_FAILURE_S = 3.0
#: What the service may see of a request. Cookies, credentials and addresses stay here.
_FORWARDED = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Cache-Control",
    "Content-Type",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Last-Event-Id",
    "Range",
)
#: Jupyter reads these from the query: they are credentials too.
_SECRET_QUERY = ("token", "_xsrf")
_READING = ("GET", "HEAD")
#: Whoever sends it wants no service to be started for this request.
_ONLY_IF_RUNNING = "Deep-Only-If-Running"
#: Files of any size. The proxy's own handler gathers a reply in memory and refuses more than 100 MiB.
_FILES = re.compile(r"/inference/inputs/|/runs/[^/]+/result$|/deployments/[^/]+/http/|/catalogue/modules/.+/examples/")
#: A module's own API for other programs: the proxy's own handler gives up after 300 s and holds replies in memory.
_MODULE_API = re.compile(r"/modules/[^/]+/v2/")
_DROPPED_REPLY = ("Set-Cookie", "Transfer-Encoding", "Connection", "Keep-Alive")


class _BrokenOff(Refusal):
    """The service's answer did not come to its end."""

    def __init__(self, technical: str) -> None:
        super().__init__(
            DeepError(
                "service-unavailable",
                "The DEEP service did not answer this request to its end.",
                hint="Try again: it is started anew when it has ended.",
                technical=technical,
            )
        )


class Door:
    """The way to the service, shared by all requests of this Jupyter server."""

    def __init__(self, root: str | None) -> None:
        self._root = root
        self._hub = Hub()
        self._starting = asyncio.Lock()
        self._failure: DeepError | None = None
        self._failed_at = 0.0

    async def service(self) -> Service:
        """The running service, which has heard of this Jupyter's hub; started when there is none."""
        found = await self._find()
        if self._hub.is_news_for(found):
            await asyncio.to_thread(self._hub.tell, found)
        return found

    async def _find(self) -> Service:
        try:
            return await asyncio.to_thread(service.find, probe=False)
        except Unusable:
            async with self._starting:
                return await self._start()

    async def running_service(self) -> Service:
        """The service, if one answers; none is started."""
        try:
            return await asyncio.to_thread(service.find)
        except Unusable as error:
            raise DeepError("service-unavailable", "The DEEP service does not run.") from error

    async def lost_service(self) -> bool:
        """Whether the service has gone since it was found."""
        try:
            await asyncio.to_thread(service.find)
        except Unusable:
            return True
        return False

    async def _start(self) -> Service:
        if self._failure and time.monotonic() - self._failed_at < _FAILURE_S:
            raise self._failure
        try:
            found = await asyncio.to_thread(service.ensure)
        except DeepError as error:
            self._failure, self._failed_at = error, time.monotonic()
            raise
        self._failure = None
        return found

    def headers(self, found: Service) -> dict[str, str]:
        """What the service is told beside the request."""
        headers = {"X-Deep-Token": found.token, "X-Deep-Client": f"jupyter:{os.getpid()}"}
        if self._root:
            # Percent-encoded: header values are Latin-1, file names are not.
            headers["X-Deep-Root"] = quote(self._root)
        return headers


class DoorHandler(NamedLocalProxyHandler):
    """Everything below `{base_url}deep/`."""

    name = "deep"
    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        self._door = door
        self._service: Service | None = None
        self._stream: asyncio.Task[None] | None = None
        # Polling must not keep a hub's server alive; what a person starts or changes counts.
        active = {"update_last_activity": lambda handler: handler.request.method not in _READING}
        super().__init__(*args, **active, **kwargs)
        self.rewrite_response = _drop_cookies
        self.proxy_base = self.name

    def check_xsrf_cookie(self) -> None:
        # The proxy's own handler switches Jupyter's check off for the applications behind it.
        check_sender(self)

    async def prepare(self) -> None:
        # Not the proxy's own, which redirects to the login again after a strict server has done so.
        await JupyterHandler.prepare(self)
        if not self._finished:
            web.authenticated(lambda _: None)(self)
        if not self._finished:
            check_request(self, self._service_path())

    async def get(self, *args: Any, **kwargs: Any) -> None:
        # Not the proxy's `get`, which would open websockets.
        await self.http_get(*args, **kwargs)

    async def proxy(self, port: int, path: str) -> None:
        try:
            await self._forward(port, path)
        except _BrokenOff:
            if not (self.request.method in _READING and await self._door.lost_service()):
                raise
            # It was killed under this request, and to read twice changes nothing.
            await self._forward(port, path)

    def proxy_request_options(self) -> dict[str, Any]:
        # What is forgotten may come with what is to be kept: Tornado knows no DELETE with a body otherwise.
        return {**super().proxy_request_options(), "allow_nonstandard_methods": self.request.method == "DELETE"}

    async def _forward(self, port: int, path: str) -> None:
        try:
            only_if_running = _ONLY_IF_RUNNING in self.request.headers
            self._service = await (self._door.running_service() if only_if_running else self._door.service())
        except DeepError as error:
            raise Refusal(error) from error
        self.unix_socket = self._service.socket
        try:
            await super().proxy(port, path)
        except (web.HTTPError, HTTPClientError, OSError) as error:
            # Answers of the service pass through, whatever their status: only the proxy itself raises.
            raise _BrokenOff(str(error)) from error

    def proxy_request_headers(self) -> httputil.HTTPHeaders:
        headers = httputil.HTTPHeaders(
            {name: self.request.headers[name] for name in _FORWARDED if name in self.request.headers}
        )
        headers.update(self._door.headers(self._service))
        return headers

    def get_client_uri(self, protocol: str, host: str, port: int, proxied_path: str) -> str:
        # The path as it was sent: the proxy's own decodes and encodes again, which moves %2F and %3F.
        query = [(name, value) for name, value in _query(self.request.query) if name not in _SECRET_QUERY]
        uri = f"{protocol}://{host}:{port}{self._service_path()}"
        return f"{uri}?{urlencode(query)}" if query else uri

    def _service_path(self) -> str:
        return self.request.path.removeprefix(url_path_join(self.base_url, self.name))

    def _is_file(self) -> bool:
        path = self._service_path()
        return bool(_MODULE_API.match(path)) or (self.request.method in _READING and bool(_FILES.match(path)))

    async def _proxy_buffered(self, host: str, port: int, path: str, body: bytes | None, client: object) -> None:
        proxy = self._proxy_progressive if self._is_file() else super()._proxy_buffered
        await proxy(host, port, path, body, client)

    async def _proxy_progressive(self, host: str, port: int, path: str, body: bytes | None, client: object) -> None:
        # The proxy's own goes on reading for two hours after the reader has gone, and ends at 100 MiB.
        self._stream = asyncio.ensure_future(self._pass_stream(host, port, path, body))
        try:
            await self._stream
        except asyncio.CancelledError:
            if not self._reader_gone():
                raise
        except (aiohttp.ClientError, OSError) as error:
            if not self._headers_written:
                raise OSError(str(error)) from error
            self.log.info("jupyterlab_deep: the service ended a stream: %s", error)
            if self._is_file() and not self._reader_gone():
                # Else half a file would look whole to its reader.
                self.request.connection.stream.close()

    async def _pass_stream(self, host: str, port: int, path: str, body: bytes | None) -> None:
        request = self._build_proxy_request(host, port, path, body)
        connector = aiohttp.UnixConnector(self.unix_socket)
        no_limit = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=no_limit, auto_decompress=False) as session,
            session.request(
                request.method, request.url, headers=dict(request.headers), data=body, allow_redirects=False
            ) as reply,
        ):
            self.set_status(reply.status, reply.reason)
            self._headers = httputil.HTTPHeaders()
            for name, value in reply.headers.items():
                if name.title() not in _DROPPED_REPLY:
                    self.add_header(name, value)
            async for chunk in reply.content.iter_any():
                await self._pass_on(chunk)

    async def _pass_on(self, chunk: bytes) -> None:
        self.write(chunk)
        try:
            # Not self.flush: the proxy's wrapper around it returns nothing to wait for.
            await JupyterHandler.flush(self)
        except StreamClosedError as error:
            raise asyncio.CancelledError from error

    def _reader_gone(self) -> bool:
        connection = self.request.connection
        return connection is None or connection.stream is None or connection.stream.closed()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._stream:
            self._stream.cancel()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = refusal_of(status_code, kwargs.get("exc_info"))
        self.set_status(error.status)
        self.set_header("Cache-Control", "no-store")
        if self._wants_page():
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
            self.finish(error_page(error))
        else:
            self.set_header("Content-Type", PROBLEM_TYPE)
            self.finish(json.dumps(error.problem()))

    def _wants_page(self) -> bool:
        return self.request.method == "GET" and "text/html" in self.request.headers.get("Accept", "")


def _query(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _drop_cookies(response: Any) -> None:
    if "Set-Cookie" in response.headers:
        del response.headers["Set-Cookie"]
