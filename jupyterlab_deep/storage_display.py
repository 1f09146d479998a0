"""How accounts, folders, datasets and transfers look in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

#: Rows that a person can still look through.
_SHOWN_ROWS = 200
_UNITS = ("kB", "MB", "GB", "TB")


def size_words(count: float) -> str:
    """Bytes as people say them: `1.5 MB`."""
    if count < 1000:
        return f"{count:.0f} bytes"
    power = 0
    while count >= 1000 and power < len(_UNITS):
        count, power = count / 1000, power + 1
    return f"{float(f'{count:.3g}'):g} {_UNITS[power - 1]}"


def _count_words(counts: Mapping[str, int]) -> str:
    return f"{counts['files']} files, {size_words(counts['bytes'])}"


def table_bundle(head: Sequence[str], rows: Sequence[Sequence[Any]], caption: str) -> dict[str, str]:
    """Rows as a table and as text, the caption above."""
    shown = [["" if cell is None else str(cell) for cell in row] for row in rows[:_SHOWN_ROWS]]
    more = f"… and {len(rows) - len(shown)} more" if len(rows) > len(shown) else ""
    widths = [max([len(name), *(len(row[index]) for row in shown)]) for index, name in enumerate(head)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [head, *shown]]
    return {
        "text/plain": "\n".join(filter(None, [caption, *(lines if shown else []), more])),
        "text/html": _html_table(head, shown, caption, more),
    }


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, more: str) -> str:
    left = "text-align:left"
    top = "".join(f'<th style="{left}">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f'<td style="{left}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows)
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    below = f"<p>{escape(more)}</p>" if more else ""
    return f"<table>{above}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{below}"


class ShownList(list):
    """A list that shows itself as a table."""

    def _bundle(self) -> dict[str, str]:
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self._bundle()

    def __repr__(self) -> str:
        return self._bundle()["text/plain"]


class Accounts(ShownList):
    """Linked accounts, as dicts."""

    def _bundle(self) -> dict[str, str]:
        rows = [[each["id"], each["title"], each["kind"], _state_words(each), _quota_words(each)] for each in self]
        caption = "" if self else "No cloud storage is linked."
        return table_bundle(["id", "account", "kind", "state", "used"], rows, caption)


def _state_words(account: Mapping[str, Any]) -> str:
    return f"{account['state']}: {account['detail']}" if account.get("detail") else account["state"]


def _quota_words(account: Mapping[str, Any]) -> str:
    quota = account.get("quota")
    if not quota:
        return ""
    used = size_words(quota["usedBytes"])
    return f"{used} of {size_words(quota['totalBytes'])}" if "totalBytes" in quota else used


class Entries(ShownList):
    """What lies in a folder of a cloud, as dicts."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        #: Names that this machine cannot hold, left out.
        self.skipped = 0

    def _bundle(self) -> dict[str, str]:
        rows = [
            [
                each["name"] + ("/" if each["type"] == "folder" else ""),
                size_words(each["sizeBytes"]) if "sizeBytes" in each else "",
                each.get("modifiedAt"),
            ]
            for each in self
        ]
        left = f"; {self.skipped} names cannot be used here" if self.skipped else ""
        return table_bundle(["name", "size", "changed"], rows, f"{self.folder}: {len(self)} entries{left}")


class Datasets(ShownList):
    """Datasets of this machine."""

    def _bundle(self) -> dict[str, str]:
        rows = [
            [each.name, each.ref, each.path, each.way, each.state, size_words(each.bytes), each.waiting["files"]]
            for each in self
        ]
        head = ["name", "from", "path", "way", "state", "size", "waiting"]
        return table_bundle(head, rows, "" if self else "There is no dataset.")


class Transfer:
    """A transfer that has ended: how many files and bytes, and how many files could not be done."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self.id: str = run["id"]
        self.title: str = run["title"]
        self.files = int((run.get("progress") or {}).get("done", 0))
        self.bytes: int = (run.get("transfer") or {}).get("doneBytes", 0)
        self.failed: int = (run.get("transfer") or {}).get("failed", 0)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        row = [self.files, size_words(self.bytes), self.failed]
        return table_bundle(["files", "size", "failed"], [row], self.title)

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]


def dataset_bundle(state: Mapping[str, Any]) -> dict[str, str]:
    """What is known of a dataset, a line each."""
    there, waiting = state.get("there"), state["waiting"]
    rows = [
        ["path", state["path"]],
        ["from", state["ref"]],
        ["state", state["state"]],
        ["here", _count_words(state["here"])],
        ["in the cloud", there and _count_words(there)],
        ["waiting", _count_words(waiting) if waiting["files"] else None],
        ["conflicts", ", ".join(f"{each['path']} (yours: {each['copy']})" for each in state["conflicts"])],
        ["only", state.get("pattern")],
        ["way", state["way"]],
        ["why", state["why"]],
        ["fresh", state.get("freshAt")],
    ]
    return table_bundle(["what", "value"], [row for row in rows if row[1]], state["name"])
