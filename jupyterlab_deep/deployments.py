"""Modules that run, here and elsewhere, from Python notebooks, by the standard library alone.

    from jupyterlab_deep import deployments

    deployments.targets()
    d = deployments.create("builtin/image-classifier", target="container")
    d.ready().predict(image="photos/cat.jpg")
    for line in d.logs():
        print(line)
    d.stop()

A deployment outlives the kernel: `deployments.get(d.id)` finds it again. Failures are `DeepError`s in words.
"""

from __future__ import annotations

import codecs
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from . import client
from .calls import call_service, read_file
from .deployments_display import Deployments, Jobs, Plan, Targets, deployments_bundle
from .display import Prediction, Progress
from .errors import DeepError
from .job_run import JobRun
from .run_handle import find_run_of, list_runs_of
from .training import TrainingRun

__all__ = [
    "DeepError",
    "DeploymentHandle",
    "JobRun",
    "add_target",
    "check_target",
    "create",
    "get",
    "job",
    "jobs",
    "list",
    "plan",
    "remove_target",
    "submit",
    "targets",
]

_MODULE_ID = re.compile(r"[a-z0-9-]+/[A-Za-z0-9._-]+")
_ENDED = ("stopped", "failed")
_LOOK_EVERY_S = 0.5


def create(
    module: Any = None,
    *,
    model: Any = None,
    target: str | None = None,
    resources: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    consent: str | Mapping[str, Any] | None = None,
) -> DeploymentHandle:
    """Begins a deployment, which goes on without this kernel; `ready` waits for it.

    `module` is an id (`source/name`), an entry of `client.search`, or what `client.open` gave; `model` is the same for
    what you made: a training, whose end is waited for, its model, a model folder. `target` is one of `targets()`;
    without it, what runs already, else a process on this machine. `resources` and `options` are of what `plan` lists. `consent`
    is the commit, version or digest of code that you looked at and agree to run.
    """
    request: dict[str, Any] = {"module": _module_id(module, model)}
    if target is not None:
        request["target"] = target
    if chosen := {**(resources or {}), **(options or {})}:
        request["options"] = chosen
    if consent is not None:
        request["consent"] = {"commit": consent} if isinstance(consent, str) else dict(consent)
    # The connection asks again when an answer was lost.
    request["requestId"] = uuid.uuid4().hex
    return DeploymentHandle(call_service("POST", "/deployments", body=request))


def submit(
    module: Any,
    script: str,
    *,
    target: str,
    resources: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> JobRun:
    """Has a script of bash carried out in the container of a module at a platform, once; `watch` waits for its end.

    `target` is one of `targets()` that takes batch jobs; `resources` and `options` are of what `plan(…, as_job=True)` lists.
    """
    # The connection asks again when an answer was lost.
    request = {
        "module": _module_id(module, None),
        "script": script,
        "options": {**(resources or {}), **(options or {})},
        "requestId": uuid.uuid4().hex,
    }
    path = f"/deployments/targets/{quote(target, safe='')}/jobs"
    return JobRun(call_service("POST", path, body=request))


def jobs(module: str | None = None, *, limit: int = 100) -> Jobs:
    """Batch jobs, the newest first; shown as a table."""
    return Jobs(JobRun(each) for each in list_runs_of("job", module, limit))


def job(run: str) -> JobRun:
    """A batch job by the id of its run, such as after a restart of the kernel."""
    return JobRun(find_run_of("job", run, "batch job"))


def list() -> Deployments:
    """All that run, and the last ones that ran, the newest first; shown as a table."""
    found = call_service("GET", "/deployments")["deployments"]
    return Deployments(DeploymentHandle(each) for each in found)


def get(deployment: str) -> DeploymentHandle:
    """One by its id, such as after a restart of the kernel."""
    return DeploymentHandle(call_service("GET", f"/deployments/{quote(deployment, safe='')}"))


def targets() -> Targets:
    """The places where modules can run, as dicts, as they were last heard of; shown as a table."""
    return Targets(call_service("GET", "/deployments/targets")["targets"])


def add_target(
    name: str,
    *,
    kind: str,
    address: str,
    title: str | None = None,
    allow_private: bool = False,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Adds a place of your own, and tells as `targets` does what answered there.

    `kind` is `container` (an engine at `ssh://user@host` or `tcp://host:2376`), `im` or `papi`; `allow_private` says that an address
    that is not public is meant. `files` are `keyFile`, `knownHostsFile`, `caFile` and `certFile` on this machine.
    """
    request: dict[str, Any] = {"id": name, "kind": kind, "address": address, **(files or {})}
    if title is not None:
        request["title"] = title
    if allow_private:
        request["allowPrivate"] = True
    return call_service("POST", "/deployments/targets", body=request)


def check_target(target: str) -> dict[str, Any]:
    """Asks a place whether it can be used now."""
    return call_service("POST", f"/deployments/targets/{quote(target, safe='')}/check", body={})


def remove_target(target: str) -> None:
    """Forgets a place that you added."""
    call_service("DELETE", f"/deployments/targets/{quote(target, safe='')}")


def plan(module: Any = None, *, model: Any = None, target: str = "process", as_job: bool = False) -> Plan:
    """What would happen if it were deployed, and what can be chosen; nothing happens yet. Shown as a table."""
    path = f"/deployments/targets/{quote(target, safe='')}/plan"
    kind = {"as": "job"} if as_job else {}
    return Plan(call_service("POST", path, body={"module": _module_id(module, model), **kind}))


class DeploymentHandle:
    """A module that runs, here or elsewhere: it outlives this kernel."""

    def __init__(self, deployment: dict[str, Any]) -> None:
        self._deployment = deployment
        self._module: client.Module | None = None

    @property
    def id(self) -> str:
        return self._deployment["id"]

    @property
    def module(self) -> str:
        """Module id."""
        return self._deployment["module"]

    @property
    def title(self) -> str:
        return self._deployment["title"]

    @property
    def target(self) -> str:
        """Id of the target that it is at; `address` of what somebody else runs."""
        return self._deployment.get("targetId", self._deployment["target"])

    @property
    def state(self) -> str:
        """What was last heard of it; `refresh` asks again."""
        return self._deployment["state"]

    @property
    def phase(self) -> str:
        """What it is doing, for people; empty when ready."""
        return self._deployment["phase"]

    @property
    def error(self) -> str | None:
        """Why it failed, in words."""
        return self._deployment.get("error")

    @property
    def about(self) -> dict[str, Any]:
        """All that is known of it."""
        return dict(self._deployment)

    def refresh(self) -> DeploymentHandle:
        """Asks how it is."""
        self._deployment = call_service("GET", self._path())
        return self

    def ready(
        self,
        *,
        timeout_s: float = client.OPEN_TIMEOUT_S,
        on_progress: Callable[[str, str], None] | None = None,
    ) -> DeploymentHandle:
        """Waits until its API answers, which is shown as it comes; `on_progress` is called with state and phase.

        The stop button ends the waiting, not the deployment.
        """
        told: tuple[str, str] | None = None

        def take(deployment: dict[str, Any]) -> None:
            nonlocal told
            self._deployment = deployment
            if on_progress and told != (self.state, self.phase):
                told = (self.state, self.phase)
                on_progress(*told)

        client.wait_until_ready(self.refresh().about, timeout_s, take)
        return self

    def predict(self, *, accept: str | None = None, **arguments: Any) -> Prediction:
        """Predicts as `client.Module.predict` does; waits until it is ready. What has ended is not started again."""
        self.ready()
        if self._module is None or self._module.deployment["since"] != self._deployment["since"]:
            # Its address may be another one after a start.
            self._module = client.Module(self.about, call_service("GET", f"{self._path()}/api"), restarts=False)
        return self._module.predict(accept=accept, **arguments)

    def logs(self, *, follow: bool = True) -> Iterator[str]:
        """Lines of its log from the beginning; goes on while it lives, unless `follow` is false."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        offset, rest = 0, ""
        while True:
            # Its state before its log: what it wrote until its end is then in this piece or another one.
            may_grow = follow and self.refresh().state not in _ENDED
            piece = read_file(f"{self._path()}/log?offset={offset}")
            offset += len(piece)
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            yield from lines
            if not piece and not may_grow:
                break
            if not piece:
                time.sleep(_LOOK_EVERY_S)
        if rest:
            yield rest

    def stop(self) -> DeploymentHandle:
        """Stops it. What can be started again stays at its target."""
        return self._order("stop")

    def start(self) -> DeploymentHandle:
        """Starts it again, once it has ended."""
        return self._order("start")

    def restart(self) -> DeploymentHandle:
        """Stops it and starts it anew, such as for new weights."""
        return self._order("restart")

    def remove(self) -> None:
        """Leaves nothing of it at its target, and forgets it. The stop button ends the waiting, not the removal."""
        self._deployment = call_service("DELETE", self._path(), query={"remove": "true"})
        with Progress() as line:
            while not self._is_forgotten():
                line.show(f"Removing {self.title}: {self.phase or self.state}")
                time.sleep(_LOOK_EVERY_S)

    def _is_forgotten(self) -> bool:
        try:
            self.refresh()
        except DeepError as error:
            if error.key != "not-found":
                raise
            return True
        return False

    def _order(self, order: str) -> DeploymentHandle:
        self._deployment = call_service("POST", f"{self._path()}/{order}", body={})
        return self

    def _path(self) -> str:
        return f"/deployments/{quote(self.id, safe='')}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return deployments_bundle([self.about])

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]


def _module_id(module: Any, model: Any) -> str:
    what = model if module is None else module
    if what is None or (module is not None and model is not None):
        hint = 'Such as deployments.create("builtin/image-classifier").'
        raise DeepError("invalid-arguments", "Give either a module or a model to deploy.", hint=hint)
    if isinstance(what, TrainingRun):
        return what.model_id()
    named = _name_of(what)
    if module is None and os.path.isdir(named):
        folder = os.path.abspath(named)
        raise DeepError(
            "invalid-arguments",
            f"The model folder {folder} is no module of the catalogue yet.",
            hint="Save its file as a module of yours with models.save, and give what that returns; "
            f"or add {os.path.dirname(folder)} under “Sources…” of the DEEP catalogue, and give the id it has there.",
        )
    if not _MODULE_ID.fullmatch(named):
        hint = "An id looks like mine/seeds; client.search(…) lists them."
        raise DeepError("invalid-arguments", f"“{named}” is neither the id of a module nor a folder.", hint=hint)
    return named


def _name_of(what: Any) -> str:
    if isinstance(what, Mapping):
        return str(what["id"])
    return os.fspath(what) if isinstance(what, str | os.PathLike) else str(what.id)
