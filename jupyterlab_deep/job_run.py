"""A batch job from Python notebooks: what `deployments.submit` gives."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from .calls import call_service, read_file
from .deployments_display import jobs_bundle
from .display import Progress
from .errors import DeepError

_AT_WORK = ("queued", "running")
_LOOK_EVERY_S = 0.5


class JobRun:
    """A script that a platform carries out in the container of a module: it outlives this kernel, and the service too."""

    def __init__(self, run: dict[str, Any]) -> None:
        self._run = run

    @property
    def id(self) -> str:
        return self._run["id"]

    @property
    def state(self) -> str:
        """What was last heard of it; `refresh` asks again."""
        return self._run["state"]

    @property
    def phase(self) -> str:
        """What it is doing, for people; empty once it has ended."""
        return self._run["phase"]

    @property
    def error(self) -> str | None:
        """Why it did not end well, in words."""
        return self._run.get("error", {}).get("detail")

    @property
    def job(self) -> str | None:
        """What the target calls it, once it was taken."""
        return self._run["job"].get("job")

    @property
    def about(self) -> dict[str, Any]:
        """All that is known of it."""
        return dict(self._run)

    def refresh(self) -> JobRun:
        """Asks how it is."""
        self._run = call_service("GET", self._path())
        return self

    def watch(self) -> JobRun:
        """Shows how it goes until it ends. The stop button ends the watching, not the job."""
        with Progress() as line:
            while self.refresh().state in _AT_WORK:
                line.show(f"{self._run['title']}: {self.phase or self.state}")
                time.sleep(_LOOK_EVERY_S)
        if problem := self._run.get("error"):
            raise DeepError.from_problem(problem)
        return self

    def log(self) -> str:
        """What happened so far, a line each. Platforms give no logs: let the script write one into its storage."""
        return read_file(f"{self._path()}/log?offset=0").decode("utf-8", "replace")

    def cancel(self) -> JobRun:
        """Orders its end; it has ended once its target has taken the order."""
        self._run = call_service("POST", f"{self._path()}/cancel", body={})
        return self

    def _path(self) -> str:
        return f"/runs/{quote(self.id, safe='')}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return jobs_bundle([self.about])

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]
