"""DEEP modules from Python notebooks, by the standard library alone.

    from jupyterlab_deep import client

    client.search("cat")
    m = client.open("builtin/image-classifier")
    m.describe()
    m.predict(image="photos/cat.jpg", top_k=5)
    client.check("http://localhost:5000")

Paths are relative to the notebook. Failures are `DeepError`s in words.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from . import evaluating, predicting, training
from .calls import call_service, read_file, read_log
from .checking import check
from .display import Description, Modules, Prediction, Progress
from .errors import DeepError

__all__ = ["DeepError", "Module", "check", "open", "search"]

#: A module that downloads or compiles first may take long; built-in ones are ready within a second.
OPEN_TIMEOUT_S = 300.0
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_STARTING = ("preparing", "starting", "unreachable")


def search(text: str = "", *, capability: str | None = None, limit: int = 20) -> Modules:
    """Modules of the catalogue, best first: a list of dicts that shows itself as a table.

    `capability` is `inference`, `trainable`, `pre-trained` or `tool`.
    """
    query = {"text": text or None, "capability": capability, "limit": limit}
    return Modules(call_service("GET", "/catalogue/modules", query=query))


def open(module: str | Mapping[str, Any], *, timeout_s: float = OPEN_TIMEOUT_S, consent: str | None = None) -> Module:
    """A running module.

    `module` is its id (`source/name`; taken where it runs, here or connected, else started on this machine) or an entry
    of `search`, the id of a deployment, or the address of a DEEPaaS server (`http://host:5000`, or the path of one of
    its models), which is then connected as by *Connect to a running module…*.
    `consent` is the commit (or version) of a Python module that you looked at and agree to run; without it the refusal names it.
    """
    name = module if isinstance(module, str) else module["id"]
    ready = wait_until_ready(_find(name, consent), timeout_s)
    return Module(ready, call_service("GET", f"/deployments/{quote(ready['id'])}/api"))


def _find(name: str, consent: str | None) -> dict[str, Any]:
    if _ADDRESS.match(name):
        # Who writes an address into a cell means it.
        request = {"address": name, "allowPrivate": True}
        return call_service("POST", "/deployments/connections", body=request)
    if "/" in name:
        return call_service("POST", "/deployments", body={"module": name, **({"consent": {"commit": consent}} if consent else {})})
    try:
        return call_service("GET", f"/deployments/{quote(name, safe='')}")
    except DeepError as error:
        if error.key != "not-found":
            raise
        hint = f"The id of a module has two parts, such as builtin/{name}; client.search(…) lists them."
        raise DeepError("not-found", f"Nothing with the id “{name}” runs here.", hint=hint) from error


def wait_until_ready(
    deployment: dict[str, Any],
    timeout_s: float,
    on_change: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """The deployment once its API answers; `on_change` is called with it whenever it was asked for."""
    started = time.monotonic()
    on_change(deployment)
    with Progress() as progress:
        while deployment["state"] in _STARTING and not _is_lost(deployment):
            elapsed_s = time.monotonic() - started
            if elapsed_s > timeout_s:
                raise DeepError(
                    "timeout",
                    f"{deployment['title']} was not ready after {timeout_s:.0f} s: {deployment['phase']}.",
                    hint="It goes on starting; open it again later, or with a larger timeout_s.",
                )
            progress.show(f"{deployment['title']}: {deployment['phase'] or deployment['state']} … {elapsed_s:.0f} s")
            time.sleep(0.1)
            deployment = call_service("GET", f"/deployments/{quote(deployment['id'])}")
            on_change(deployment)
    if _is_lost(deployment):
        raise DeepError(
            "module-unreachable",
            f"{deployment['title']} is {deployment['state']}: {deployment.get('error') or deployment['phase']}",
            hint="Ask whoever runs it, or connect to its present address.",
        )
    if deployment["state"] != "ready":
        raise DeepError(
            "module-start-failed",
            f"{deployment['title']} could not be started: {deployment.get('error') or deployment['state']}",
            technical=read_log(deployment["id"]),
        )
    return deployment


def _is_lost(deployment: Mapping[str, Any]) -> bool:
    """Nothing here can start what runs elsewhere."""
    return deployment["target"] == "address" and deployment["state"] in ("unreachable", "stopped")


class Module:
    """A running module: `open` makes it."""

    def __init__(self, deployment: dict[str, Any], api: dict[str, Any], *, restarts: bool = True) -> None:
        self._deployment = deployment
        self._api = api
        self._restarts = restarts

    @property
    def id(self) -> str:
        """Its catalogue id."""
        return self._deployment["module"]

    @property
    def deployment(self) -> dict[str, Any]:
        """Its deployment: state, endpoint, what computes."""
        return dict(self._deployment)

    def describe(self) -> Description:
        """Its metadata and the arguments that `predict` takes."""
        return Description(self._deployment, self._api)

    def example(self, name: str | None = None) -> dict[str, Any]:
        """Arguments of an example that the module brings along, its files as bytes; the first one without a name."""
        path = f"/catalogue/modules/{quote(self.id)}"
        examples = call_service("GET", path)["examples"]
        found = next((each for each in examples if name in (None, each["name"])), None)
        if found is None:
            names = ", ".join(each["name"] for each in examples) or "none"
            raise DeepError("not-found", f"{self.id} has no example “{name}”.", hint=f"It has: {names}.")
        folder = f"{path}/examples/{quote(found['name'], safe='')}"
        files = {argument: read_file(f"{folder}/{quote(argument, safe='')}") for argument in found["files"]}
        return {**found["arguments"], **files}

    def predict(self, *, accept: str | None = None, **arguments: Any) -> Prediction:
        """Predicts. Files are given as paths, bytes or open binary files; arguments left out take their defaults.

        `accept` is the one media type to answer with, of those that `describe` lists.
        """
        request = predicting.prepare(self._api, arguments, accept)
        try:
            return predicting.send(self._deployment, request)
        except predicting.NotListening as gone:
            if not self._restarts:
                title = self._deployment["title"]
                hint = "Ask its deployment how it is: refresh(), logs(), start()."
                raise DeepError("module-unreachable", f"{title} does not accept connections: {gone}.", hint=hint) from gone
            # It ended by itself after its idle time, or fell over; nothing of the request had been read.
            self._reopen()
            return predicting.send(self._deployment, request)

    def train(self, **arguments: Any) -> training.TrainingRun:
        """Begins a training and returns its run, which outlives this kernel.

        Data are given as a dataset (`storage.dataset("cloud:plants")`) or as the path of a folder, relative to the notebook.
        """
        is_here = self._deployment["target"] == "process"
        return training.begin(self.id, arguments, is_here=is_here)

    def evaluate(
        self,
        *,
        data: Any,
        labels: str | os.PathLike[str] | None = None,
        argument: str | None = None,
        pattern: str | None = None,
        **arguments: Any,
    ) -> evaluating.Evaluation:
        """Lets it predict files whose classes are known, and says how often it is right.

        `data` is a dataset, a folder with a folder for each class, or a list (CSV, JSON) of `file` and `label`.
        `labels` is the list that has the labels, or `"folders"` for the names of folders; else they are looked for.
        `argument` takes the files where several do, `pattern` says which files. The work outlives this kernel.
        """
        run = evaluating.begin(
            self.id, self._api, data=data, labels=labels, argument=argument, pattern=pattern, arguments=arguments
        )
        return run.watch().evaluation()

    def _reopen(self) -> None:
        if self._deployment["target"] == "address":
            # Only the service had ended, which is started again by this.
            self._deployment = open(self._deployment["id"]).deployment
            return
        print(f"{self._deployment['title']} had ended; it is started again.")
        self._deployment = open(self.id).deployment

    def __repr__(self) -> str:
        return f"{self._deployment['title']} ({self.id}), {self._deployment['state']}"
