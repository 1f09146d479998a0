"""Runs of the service from Python notebooks: what batches, trainings, topologies and jobs have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .calls import call_service, read_file
from .display import Progress
from .errors import DeepError

if TYPE_CHECKING:
    from typing import Self

_AT_WORK = ("queued", "running")
_LOOK_EVERY_S = 0.3
_PAGE = 200


def is_at_work(run: Mapping[str, Any]) -> bool:
    """Neither ended nor resting."""
    return run["state"] in _AT_WORK


def run_path(run: str) -> str:
    return f"/runs/{quote(run, safe='')}"


def find_run(run: str) -> dict[str, Any]:
    """A run as it is now."""
    return call_service("GET", run_path(run))


def find_run_of(kind: str, run: str, what: str) -> dict[str, Any]:
    """A run of one kind; `what` it is, for who named another."""
    found = find_run(run)
    if found["kind"] != kind:
        raise DeepError("not-found", f"The run {run} is no {what}.")
    return found


def list_runs_of(kind: str, module: str | None, limit: int) -> list[dict[str, Any]]:
    """Runs of one kind, the newest first."""
    runs = call_service("GET", "/runs", query={"module": module, "limit": limit})["runs"]
    return [each for each in runs if each["kind"] == kind]


def run_words(run: Mapping[str, Any]) -> str:
    """How it is, in a line."""
    progress = run.get("progress") or {}
    counted = f" {progress['done']:.0f} of {progress['total']:.0f}" if progress.get("total") else ""
    return f"{run['title']}: {run['phase'] or run['state']}{counted}"


def carry_out_run(
    path: str, body: Mapping[str, Any], cancels_run: bool, words: Callable[[Mapping[str, Any]], str] = run_words
) -> dict[str, Any]:
    """Begins a run and waits for its end, which is shown as it nears."""
    run = call_service("POST", path, body=body)
    try:
        with Progress() as progress:
            while is_at_work(run):
                progress.show(words(run))
                time.sleep(_LOOK_EVERY_S)
                run = find_run(run["id"])
    except KeyboardInterrupt:
        if cancels_run:
            call_service("POST", f"{run_path(run['id'])}/cancel", body={})
        raise
    _refuse_unless_done(run)
    return run


def _refuse_unless_done(run: Mapping[str, Any]) -> None:
    if run["state"] == "succeeded":
        return
    if problem := run.get("error"):
        raise DeepError.from_problem(problem)
    if run["state"] == "cancelled":
        raise DeepError("cancelled", f"{run['title']} was cancelled.")
    raise DeepError("interrupted", f"{run['title']} is {run['state']}.", hint="Resume it in Activity.")


class RunHandle:
    """A run that the service carries out: it outlives this kernel, and the service too."""

    def __init__(self, run: dict[str, Any]) -> None:
        self._run = run

    @property
    def id(self) -> str:
        return self._run["id"]

    @property
    def state(self) -> str:
        """What was last heard of it; `refresh` asks again."""
        return self._run["state"]

    def refresh(self) -> Self:
        """Asks how it is."""
        self._run = find_run(self.id)
        return self

    def watch(self, *, cancel_on_stop: bool = False) -> Self:
        """Shows how it goes until it ends or rests. The stop button ends the watching, not the run, unless `cancel_on_stop`."""
        try:
            with Progress() as line:
                self._until_ended(line)
        except KeyboardInterrupt:
            if cancel_on_stop and is_at_work(self._run):
                self.cancel()
            raise
        self.refuse_failed()
        return self

    def log(self) -> str:
        """What was written while it was at work."""
        whole = b""
        while piece := read_file(f"{self._path}/log?offset={len(whole)}"):
            whole += piece
        return whole.decode("utf-8", "replace")

    def cancel(self) -> Self:
        """Ends it; what was done stays."""
        return self._change("cancel")

    def leave(self) -> None:
        """Nobody is there any more for what comes of it: ends it, unless it has ended by itself meanwhile."""
        try:
            self.cancel()
        except DeepError as error:
            if error.key != "conflict":
                raise

    def refuse_failed(self) -> None:
        """Raises why it could not be done."""
        problem = self._run.get("error")
        if problem and self.state != "succeeded":
            raise DeepError.from_problem(problem)

    def _until_ended(self, line: Progress | None = None) -> None:
        while is_at_work(self.refresh()._run):
            if line is not None:
                line.show(self._words())
            time.sleep(_LOOK_EVERY_S)

    def _change(self, what: str) -> Self:
        self._run = call_service("POST", f"{self._path}/{what}", body={})
        return self

    def _words(self) -> str:
        return run_words(self._run)

    @property
    def _path(self) -> str:
        return run_path(self.id)

    def __repr__(self) -> str:
        return self._words()


class ItemsRun(RunHandle):
    """A run over many things, each of which ends by itself: it can rest, go on, and do again what failed."""

    def pause(self) -> Self:
        """Lets it rest."""
        return self._change("pause")

    def resume(self) -> Self:
        """Lets it go on after a rest."""
        return self._change("resume")

    def retry(self) -> Self:
        """Does what failed again; the rest is kept."""
        return self._change("retry")

    def _items(self, path: str, place: str, on_news: Callable[[], None]) -> Iterator[dict[str, Any]]:
        """Its items as they end; the last with the run, or when it rests. `place` names their place in that order."""
        after = 0
        while True:
            is_over = not is_at_work(self.refresh()._run)
            on_news()
            items = call_service("GET", path, query={"after": after, "limit": _PAGE})["items"]
            for item in items:
                yield item
                after = item[place]
            if not items:
                if is_over:
                    return
                time.sleep(_LOOK_EVERY_S)
