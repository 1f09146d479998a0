"""A batch job from Python notebooks: what `deployments.submit` gives."""

from __future__ import annotations

from typing import Any

from .deployments_display import jobs_bundle
from .run_handle import RunHandle


class JobRun(RunHandle):
    """A script that a platform carries out in the container of a module: it outlives this kernel, and the service too.

    Platforms give no logs: its log says what happened to it, and the script may write one of its own into its storage.
    """

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

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return jobs_bundle([self.about])

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]
