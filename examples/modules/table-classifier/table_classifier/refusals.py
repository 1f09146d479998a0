"""How the module refuses what it cannot use."""

from __future__ import annotations

import json

from aiohttp import web


class Refused(web.HTTPUnprocessableEntity):
    """Says what is wrong with an argument, in the words and the shape in which DEEPaaS refuses arguments itself.

    Any other exception in `predict` reaches its caller as a 500 without a word. Of a failed training the text is told.
    """

    def __init__(self, argument: str, message: str):
        super().__init__(text=json.dumps({argument: [message]}), content_type="application/json")
        self.argument = argument
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __reduce__(self):
        # It travels from the worker to the server. An exception that cannot be unpickled there is never answered.
        return Refused, (self.argument, self.message)
