"""Ready-to-use environments for notebooks, from Python cells by the standard library alone.

    from jupyterlab_deep import environments

    environments.list()
    environments.create("scikit-learn")

What was made is a kernel of its own: choose it for a notebook. Failures are `DeepError`s in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .calls import call_service
from .errors import DeepError
from .run_handle import carry_out_run
from .storage_display import ShownList, size_words, table_bundle

__all__ = ["DeepError", "create", "list", "machine", "packages", "remove"]


class Environments(ShownList):
    """A list of dicts that shows itself as a table."""

    def _bundle(self) -> dict[str, str]:
        rows = [[each["name"], each["title"], _state(each), _versions(each), _takes(each)] for each in self]
        return table_bundle(["name", "title", "state", "versions", "takes"], rows, "")


def list() -> Environments:
    """What there is, what making each takes, and what was made."""
    return Environments(call_service("GET", "/environments")["environments"])


def create(name: str, *, device: str | None = None, cancels_run: bool = False) -> Environments:
    """Makes one, or makes it anew, and waits until its kernel can be chosen.

    `device` is `cpu`, `cuda` or `any`; without it what suits this machine. The stop button ends the waiting; the work goes on
    unless `cancels_run`.
    """
    carry_out_run(_path(name), {"device": device} if device else {}, cancels_run)
    return Environments([call_service("GET", _path(name))])


def packages(name: str) -> dict[str, str]:
    """Everything that is installed in one that was made: versions by name."""
    found = call_service("GET", f"{_path(name)}/packages")["packages"]
    return {each["name"]: each["version"] for each in found}


def remove(name: str) -> None:
    """Removes one that no kernel runs in."""
    call_service("DELETE", _path(name))


def machine() -> dict[str, Any]:
    """CPUs, memory, GPUs and disk of this machine, within the limits that hold."""
    return call_service("GET", "/machine")


def _path(name: str) -> str:
    return f"/environments/{quote(name, safe='')}"


def _state(environment: Mapping[str, Any]) -> str:
    if environment.get("run"):
        return "being made"
    if environment.get("made"):
        return "ready"
    return "not here" if environment.get("whyNot") else ""


def _versions(environment: Mapping[str, Any]) -> str:
    about = environment.get("made") or environment.get("plan") or {}
    return ", ".join(f"{each['name']} {each['version']}" for each in about.get("versions", []))


def _takes(environment: Mapping[str, Any]) -> str:
    made, plan = environment.get("made"), environment.get("plan")
    if made:
        return size_words(made["sizeBytes"])
    if not plan:
        return environment.get("whyNot", "")
    parts = [
        f"{size_words(plan['downloadBytes'])} to download",
        f"{size_words(plan['installedBytes'])} on disk" if "installedBytes" in plan else "",
        f"about {plan['seconds']} s" if "seconds" in plan else "",
    ]
    return ", ".join(filter(None, parts))
