"""Modules shared with colleagues, from Python notebooks, by the standard library alone.

    from jupyterlab_deep import sharing

    sharing.publish("my-model", with_=["group:botany"], version="1.1.0")
    leaves = sharing.received()[0]
    leaves.open().predict(image="leaf.jpg")
    leaves.copy("leaves")
    sharing.withdraw("my-model")

What is shared is signed with your key; what you receive is checked file by file. Failures are `DeepError`s in words.
"""

from __future__ import annotations

import getpass
import os
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .calls import call_service
from .errors import DeepError
from .storage import carry_out
from .storage_display import ShownList, table_bundle
from .training import TrainingRun

__all__ = [
    "Published",
    "Received",
    "export_key",
    "import_key",
    "key",
    "open_link",
    "publish",
    "published",
    "received",
    "withdraw",
]

_ACCOUNT = re.compile(r"[a-z][a-z0-9-]{0,30}")
_MODULE_ID = re.compile(r"[a-z0-9-]+/[A-Za-z0-9._-]+")
_LOOK_EVERY_S = 0.2
_WHAT = {"model": "data only", "code": "code", "image": "an image"}


def publish(
    what: Any,
    *,
    with_: str | Sequence[str] = (),
    version: str | None = None,
    to: str | os.PathLike[str] | None = None,
    name: str | None = None,
    licence: str | None = None,
    note: str | None = None,
    notebook: str | os.PathLike[str] | None = None,
    cancels_run: bool = False,
) -> Published:
    """Shares a version of a module, signed with your key, and waits until it is there.

    `what` is a folder with a module, the id of a module, what `run.model()`, `client.open` or `models.save` gave, or a
    training, whose model is waited for. `with_` names people and groups (`"group:botany"`, `"grace"`, `"link"`); `to` is a
    linked account or a folder that others see too, the linked Nextcloud by default.
    """
    request = {
        **_what(what),
        "to": _place(to),
        "with": [_receiver(each) for each in ([with_] if isinstance(with_, str) else with_)],
        "version": version,
        "name": name,
        "licence": licence,
        "note": note,
        "notebook": notebook and {"from": "path", "path": os.path.abspath(notebook)},
        # The connection asks again when an answer was lost.
        "requestId": uuid.uuid4().hex,
    }
    given = {key: value for key, value in request.items() if value is not None}
    run = carry_out("/sharing/publications", given, cancels_run)
    for each in published():
        for shared in each["versions"]:
            if shared["run"] == run.id:
                return Published(each, shared["version"])
    raise DeepError("not-found", "It was taken back in the meantime.")


def published() -> list[Published]:
    """What you have shared from here."""
    found = call_service("GET", "/sharing/publications")["publications"]
    return [Published(each) for each in found]


def received() -> ReceivedList:
    """What colleagues share with you, looked at anew; shown as a table."""
    call_service("POST", "/catalogue/refresh", body={"source": "shared"})
    while _is_reading():
        time.sleep(_LOOK_EVERY_S)
    found = call_service("GET", "/sharing/received")
    return ReceivedList([Received(each) for each in found["modules"]], found["problems"])


def open_link(link: str, *, password: str | None = None, allow_private: bool = False) -> ReceivedList:
    """Opens a link that somebody sent: what lies behind it is listed from then on, checked as any other share.

    `allow_private` says that you know its host, which need not be public. No account is needed.
    """
    request: dict[str, Any] = {"link": link, **({"password": password} if password else {})}
    if allow_private:
        request["allowPrivate"] = True
    found = call_service("POST", "/sharing/links", body=request)
    return ReceivedList([Received(each) for each in found["modules"]], [])


def withdraw(what: str | Published, *, version: str | None = None, origin: str | None = None) -> None:
    """Takes back what you shared: all of a module, or one version. Copies that colleagues have made stay theirs."""
    if isinstance(what, Published):
        request: dict[str, Any] = {"name": what["name"], **what.place}
    else:
        request = {"name": what, **_place(origin)}
    if version is not None:
        request["version"] = version
    call_service("POST", "/sharing/withdrawals", body=request)


def key() -> str:
    """Fingerprint of the key that signs what you share."""
    return call_service("GET", "/sharing/key")["key"]


def export_key(file: str | os.PathLike[str], passphrase: str | None = None) -> str:
    """Writes your key to a new file that only the passphrase opens, for another machine of yours; its fingerprint.

    Without `passphrase` it is asked for: what is written in a notebook is read by whoever has the notebook.
    """
    wanted = passphrase or getpass.getpass("Passphrase for the file (ten letters and more): ")
    exported = call_service("POST", "/sharing/key/export", body={"passphrase": wanted})
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(exported["file"])
    return exported["key"]


def import_key(
    file: str | os.PathLike[str], passphrase: str | None = None, *, replaces: str | None = None
) -> dict[str, Any]:
    """Signs with the key of such a file from now on.

    Without `replaces`, the fingerprint of the key that signs here now (`sharing.key()`), nothing is changed: both are told.
    """
    with open(file, encoding="utf-8") as kept:
        text = kept.read()
    wanted = passphrase or getpass.getpass("Passphrase of the file: ")
    request = {"file": text, "passphrase": wanted, **({"replaces": replaces} if replaces else {})}
    return call_service("POST", "/sharing/key/import", body=request)


class Published(dict):
    """A module that you share."""

    def __init__(self, publication: Mapping[str, Any], version: str | None = None) -> None:
        super().__init__(publication)
        self.version: str = version or publication["versions"][0]["version"]

    @property
    def place(self) -> dict[str, str]:
        """Where it lies, as it is written in a request."""
        return {"account": self["account"]} if "account" in self else {"path": self["place"]}

    @property
    def url(self) -> str | None:
        """Of its link, where it has one."""
        return self.get("url")

    def __repr__(self) -> str:
        whom = ", ".join(each.get("with", "a link") for each in self["with"]) or "nobody yet"
        link = f", {self.url}" if self.url else ""
        return f"{self['title']} {self.version} is shared with {whom}{link}: {self['path']} at {self['place']}"


class Received(dict):
    """A module that a colleague shares: a dict that can be opened and copied."""

    @property
    def id(self) -> str:
        """Module id: `shared/leaves-3f9a2c`."""
        return self["id"]

    @property
    def version(self) -> str:
        return self["version"]

    def open(self, consent: str | Mapping[str, Any] | None = None) -> Any:
        """Fetches it and starts it on this machine. `consent` is the digest of code that you looked at and agree to run."""
        from . import client

        return client.open(self.id) if consent is None else client.open(self.id, consent=consent)

    def copy(self, name: str, *, version: str | None = None, cancels_run: bool = False) -> str:  # type: ignore[override]
        """Copies it to your own modules, where it stays when it is withdrawn; its id there."""
        request = {"copyAs": name, **({"version": version} if version else {})}
        carry_out(f"{self._path()}/fetch", request, cancels_run)
        return f"mine/{name}"

    def forget(self) -> None:
        """Takes it off the list: of a link that you opened with all that lies behind it, else of what is not shared any more."""
        link = self.get("link")
        call_service("DELETE", f"/sharing/links/{quote(link, safe='')}" if link else self._path())

    def trust(self, key: str) -> None:
        """Takes the key that it is signed with for its author's, after you compared it with them."""
        call_service("POST", f"{self._path()}/trust", body={"key": key})

    def _path(self) -> str:
        return f"/sharing/received/{quote(self['name'], safe='')}"

    def __repr__(self) -> str:
        why = f": {self['problem']}" if self.get("problem") else ""
        what = _WHAT[self["kind"]]
        return f"{self['title']} {self.version} ({self.id}) by {self['author']}, {self['place']}; {what}; {self['state']}{why}"


class ReceivedList(ShownList):
    """Received modules, shown as a table."""

    def __init__(self, modules: Sequence[Received], problems: Sequence[str]) -> None:
        super().__init__(modules)
        self.problems = list(problems)

    def _bundle(self) -> dict[str, str]:
        head = ("id", "title", "version", "author", "place", "what", "state")
        rows = [
            (
                *(each[key] for key in head[:5]),
                _WHAT[each["kind"]],
                "newer than yours" if each["hasUpdate"] else each["state"],
            )
            for each in self
        ]
        none = [] if rows else ["Nothing is shared with you."]
        return table_bundle(head, rows, "\n".join([*self.problems, *none]))


def _is_reading() -> bool:
    sources = call_service("GET", "/catalogue/sources")["sources"]
    return any(each["isRefreshing"] for each in sources if each["id"] == "shared")


def _what(what: Any) -> dict[str, Any]:
    if isinstance(what, TrainingRun):
        return {"module": what.model_id()}
    if isinstance(what, os.PathLike) or (isinstance(what, str) and os.path.isdir(what)):
        return {"folder": {"from": "path", "path": os.path.abspath(what)}}
    named = what if isinstance(what, str) else getattr(what, "id", "")
    if not _MODULE_ID.fullmatch(named):
        raise DeepError(
            "invalid-arguments",
            f"“{named or what}” is neither a folder nor the id of a module.",
            hint="Give the path of a model folder or Python project, or an id such as mine/seeds.",
        )
    return {"module": named}


def _receiver(text: str) -> dict[str, str]:
    if text == "link":
        return {"kind": "link"}
    kind, _, name = text.partition(":") if text.startswith(("person:", "group:")) else ("person", ":", text)
    if not name:
        raise DeepError("invalid-arguments", "Say whom it is shared with.", hint="Such as with_=['group:botany', 'grace', 'link'].")
    return {"kind": kind, "with": name}


def _place(to: str | os.PathLike[str] | None) -> dict[str, str]:
    if to is not None:
        is_account = isinstance(to, str) and _ACCOUNT.fullmatch(to)
        return {"account": str(to)} if is_account else {"path": os.path.abspath(to)}
    accounts = call_service("GET", "/storage/accounts")["accounts"]
    clouds = [each["id"] for each in accounts if each["can"]["shares"]]
    if len(clouds) == 1:
        return {"account": clouds[0]}
    if clouds:
        raise DeepError("invalid-arguments", "Several clouds are linked.", hint=f"Say which one: to={' or '.join(map(repr, clouds))}.")
    raise DeepError(
        "invalid-arguments",
        "No Nextcloud is linked in which it could be shared.",
        hint="Link one in the Storage panel, or give a folder that others see: to='/shared/modules'.",
    )
