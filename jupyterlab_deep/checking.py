"""Checks of DEEPaaS servers: the service asks, here is the report."""

from __future__ import annotations

import re
import time
from html import escape
from typing import Any
from urllib.parse import quote

from .calls import call_service
from .display import Progress, table
from .errors import DeepError

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOOK_S = 0.2
_SIGNS = {"failed": "✕", "warning": "▲", "passed": "✓", "skipped": "–"}


class Report(dict):
    """A conformance report: `findings`, `counts`, `model`, `address`; it shows what is not as it should be."""

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The findings of rules that are broken."""
        return [each for each in self["findings"] if each["outcome"] == "failed"]

    def lines(self, *, everything: bool = False) -> list[str]:
        """For a terminal: a line a rule, and below what was wrong and what to do."""
        said = []
        for each in self["findings"]:
            outcome = each["outcome"]
            said.append(f"{_SIGNS[outcome]} {each['says']}")
            if outcome in ("failed", "warning") or everything:
                said.append(f"    {each['found']}")
                said += [f"    {each['remedy']}"] if each.get("remedy") else []
            if outcome == "failed" or everything:
                for name in ("sent", "answered"):
                    said += [f"    {name}: {line}" for line in (each.get(name) or "").splitlines()]
        return said

    def __repr__(self) -> str:
        counts = self["counts"]
        return (
            f"{self['address']}, model {self['model'] or '–'}: {counts['failed']} failed, {counts['warning']} to look at, "
            f"{counts['passed']} passed, {counts['skipped']} not tried"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        wrong = [each for each in self["findings"] if each["outcome"] in ("failed", "warning")]
        rows = [[_SIGNS[each["outcome"]], each["says"], each["found"], each.get("remedy", "")] for each in wrong]
        html = f"<p>{escape(repr(self))}</p>"
        if rows:
            html += table(["", "Rule", "Found", "What to do"], rows)
        return {"text/plain": repr(self), "text/html": html}


def check(target: str, *, model: str | None = None) -> Report:
    """Checks a DEEPaaS server by the rules of the API: its address, or the id of a deployment.

    All routes are asked and a few predictions are made; no training is begun.
    """
    # Who writes an address into a cell or a terminal means it.
    request = {"address": target, "allowPrivate": True} if _ADDRESS.match(target) else {"deployment": target}
    if model:
        request["model"] = model
    run = call_service("POST", "/modules/checks", body=request)
    with Progress() as progress:
        while not run.get("endedAt"):
            done = run.get("progress", {})
            progress.show(f"{run['title']}: rule {done.get('done', 0) + 1} of {done.get('total', '…')} … {run['phase']}")
            time.sleep(_LOOK_S)
            run = call_service("GET", f"/runs/{quote(run['id'])}")
    if run["state"] != "succeeded":
        problem = run.get("error")
        raise DeepError.from_problem(problem) if problem else DeepError("interrupted", f"The check was {run['state']}.")
    return Report(call_service("GET", f"/runs/{quote(run['id'])}/result"))
