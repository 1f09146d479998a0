"""What notebooks show of evaluations: how often it was right, what was taken for what, the worst mistakes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from .display import table

#: A larger matrix nobody reads: then it is told what was taken for what most often.
_MOST_CLASSES = 20
_SHOWN_MISTAKES = 12


def evaluation_text(found: Mapping[str, Any]) -> str:
    """As plain text."""
    mistakes = [f"{each['path']}: {_words(each)}" for each in found["worst"][:_SHOWN_MISTAKES]]
    return "\n".join([_accuracy(found), *_notes(found), *mistakes])


def evaluation_html(found: Mapping[str, Any], pictures: Mapping[int, bytes]) -> str:
    """As HTML; `pictures` are JPEGs by item."""
    head = f"<p><b>{escape(_accuracy(found))}</b></p>"
    notes = "".join(f"<p>{escape(note)}</p>" for note in _notes(found))
    cards = "".join(_card(each, pictures.get(each["item"])) for each in found["worst"][:_SHOWN_MISTAKES])
    gallery = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{cards}</div>' if cards else ""
    return head + notes + _confusions(found) + gallery


def _accuracy(found: Mapping[str, Any]) -> str:
    if "accuracy" not in found:
        return "No file was answered yet."
    return f"{found['accuracy']:.1%} right: {found['right']} of {found['count']} files."


def _notes(found: Mapping[str, Any]) -> list[str]:
    left_out = found["leftOut"]["count"]
    notes = [
        found["unknown"] and f"The module does not know: {', '.join(found['unknown'][:_MOST_CLASSES])}.",
        found["failed"] and f"Files that could not be done: {found['failed']}.",
        left_out and f"Left out for want of a label or a file: {left_out}.",
    ]
    return [note for note in notes if note]


def _confusions(found: Mapping[str, Any]) -> str:
    labels = found["labels"]
    if len(labels) > _MOST_CLASSES or found["outside"]:
        rows = [[each["label"], each["found"], each["count"]] for each in found["confused"]]
        return table(["It was", "Found", "Files"], rows) if rows else ""
    own = {each["label"] for each in found["perClass"]}
    rows = [[label, *row] for label, row in zip(labels, found["rows"]) if label in own]
    return table(["was \\ found", *labels], rows)


def _words(mistake: Mapping[str, Any]) -> str:
    return f"it was {mistake['label']}, found {mistake['found']} {mistake['probability']:.2f}"


def _card(mistake: Mapping[str, Any], picture: bytes | None) -> str:
    source = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else ""
    image = f'<img alt="" style="height:96px;border-radius:4px" src="{source}">' if source else ""
    words = f"{escape(mistake['path'])}<br>{escape(_words(mistake))}"
    figure = f"{image}<figcaption>{words}</figcaption>"
    return f'<figure style="margin:0;max-width:192px;overflow-wrap:anywhere">{figure}</figure>'
