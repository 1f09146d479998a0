"""What notebooks show: results as a person would look at them, with a plain text beside."""

from __future__ import annotations

import base64
import json
import math
import sys
import time
from html import escape
from typing import Any

#: Larger pictures would make the notebook's file heavy.
PICTURE_LIMIT_BYTES = 2_000_000
SHOWN_LABELS = 10
#: Progress is shown for what takes longer than this.
PROGRESS_AFTER_S = 0.5
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


class Prediction:
    """An answer of a module. `data` is the unwrapped result; classifications also have labels and probabilities."""

    def __init__(self, title: str, content_type: str, content: bytes, picture: bytes | None) -> None:
        self.title = title
        self.content_type = content_type.split(";")[0].strip()
        self.content = content
        self._picture = picture
        self.data = _unwrapped(content) if self.content_type.endswith("json") else content

    @property
    def labels(self) -> list[str]:
        """Labels, the most probable first; empty when the answer is no classification."""
        return [label for label, _ in self._scores()]

    @property
    def probabilities(self) -> list[float]:
        """Probabilities (0 to 1) of the labels."""
        return [probability for _, probability in self._scores()]

    def _scores(self) -> list[tuple[str, float]]:
        data = self.data if isinstance(self.data, dict) else {}
        labels, values = data.get("labels"), data.get("probabilities")
        if not isinstance(labels, list) or not isinstance(values, list) or len(labels) != len(values):
            return []
        if not all(_is_number(value) for value in values):
            return []
        return [(str(label), float(value)) for label, value in zip(labels, values)]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        kind = _picture_type(self.content)
        if self._scores():
            bundle["text/html"] = _bars_over_picture(self._scores(), self._picture)
        elif kind and len(self.content) <= PICTURE_LIMIT_BYTES:
            bundle["text/html"] = _img(self.content, kind, f"Answer of {self.title}")
        elif self.content_type.endswith("json"):
            bundle["text/html"] = f"<pre>{escape(json.dumps(self.data, indent=2, ensure_ascii=False))}</pre>"
        return bundle

    def __repr__(self) -> str:
        scores = self._scores()
        if scores:
            width = max(len(label) for label, _ in scores[:SHOWN_LABELS])
            lines = [
                f"{label:<{width}}  {value:6.1%}  {_bar(value)}".rstrip() for label, value in scores[:SHOWN_LABELS]
            ]
            return "\n".join([*lines, *_more(len(scores) - SHOWN_LABELS)])
        if isinstance(self.data, bytes):
            return f"{self.title}: {len(self.data):,} bytes of {self.content_type or 'unknown type'}"
        return json.dumps(self.data, indent=2, ensure_ascii=False)


class Modules(list):
    """Modules found, as dicts, with what the catalogue says about the search."""

    def __init__(self, listing: dict[str, Any]) -> None:
        super().__init__(listing["modules"])
        self.total: int = listing["total"]
        self.suggestion: str | None = listing.get("suggestion")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        rows = [[each["id"], each["title"], each["summary"], _reason(each)] for each in self]
        html = table(["Module", "Title", "Summary", ""], rows) if rows else f"<p>{escape(repr(self))}</p>"
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        if not self:
            hint = f" Did you mean {self.suggestion}?" if self.suggestion else ""
            return f"No module matches (modules in the catalogue: {self.total}).{hint}"
        width = max(len(each["id"]) for each in self)
        return "\n".join(f"{each['id']:<{width}}  {each['title']}{_reason(each)}" for each in self)


class Description:
    """What a module says about itself: `metadata`, and `arguments` of predict by name."""

    def __init__(self, deployment: dict[str, Any], api: dict[str, Any]) -> None:
        self.title: str = deployment["title"]
        self.metadata: dict[str, Any] = api["metadata"]
        self.arguments: dict[str, Any] = api["predict"].get("properties", {})
        self.required: list[str] = api["predict"].get("required", [])
        self.accepts: list[str] = api["accepts"]
        self._backend = deployment.get("backend", "")

    def _rows(self) -> list[list[str]]:
        return [
            [
                name,
                _kind(schema),
                "required" if name in self.required else _default(schema),
                schema.get("description", ""),
            ]
            for name, schema in self.arguments.items()
        ]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        head = f"<p><b>{escape(self.title)}</b> {escape(self._backend)}</p>"
        about = f"<p>{escape(str(self.metadata.get('summary') or self.metadata.get('description') or ''))}</p>"
        arguments = table(["Argument of predict", "Type", "Default", "Meaning"], self._rows())
        return {"text/plain": repr(self), "text/html": head + about + arguments}

    def __repr__(self) -> str:
        return "\n".join([self.title, *("  " + "  ".join(filter(None, row)) for row in self._rows())])


class Progress:
    """A line that changes in place, in notebooks and terminals; nothing when all goes fast."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._shown_from: float | None = None

    def __enter__(self) -> Progress:
        return self

    def show(self, text: str) -> None:
        """Shows how far it is."""
        now = time.monotonic()
        self._shown_from = self._shown_from or now + PROGRESS_AFTER_S
        if now >= self._shown_from:
            self._write(text)

    def _write(self, text: str) -> None:
        if "IPython" not in sys.modules or not sys.modules["IPython"].get_ipython():
            print(text, file=sys.stderr)
            return
        from IPython.display import display

        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)


def _unwrapped(content: bytes) -> Any:
    data = json.loads(content)
    # DEEPaaS wraps the answers of modules without a reply schema in exactly these two.
    return data["predictions"] if isinstance(data, dict) and data.keys() == {"status", "predictions"} else data


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _picture_type(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)


def _img(content: bytes, kind: str, alt: str) -> str:
    data = base64.b64encode(content).decode()
    return f'<img src="data:{kind};base64,{data}" alt="{escape(alt)}" style="max-width:100%;display:block">'


def _bars_over_picture(scores: list[tuple[str, float]], picture: bytes | None) -> str:
    kind = _picture_type(picture) if picture else None
    rows = "".join(_score_row(label, value) for label, value in scores[:SHOWN_LABELS])
    more = "".join(f"<li>{escape(line)}</li>" for line in _more(len(scores) - SHOWN_LABELS))
    bars = f'<ol style="list-style:none;margin:0;padding:6px 8px">{rows}{more}</ol>'
    if not picture or not kind or len(picture) > PICTURE_LIMIT_BYTES:
        why = f"<p>The picture ({len(picture):,} bytes) is not shown.</p>" if picture else ""
        return f'<div style="max-width:480px">{bars}{why}</div>'
    over = "position:absolute;left:0;right:0;bottom:0;background:rgba(0,0,0,.62);color:#fff"
    return (
        '<div style="position:relative;display:inline-block;max-width:480px;min-width:280px">'
        f'{_img(picture, kind, f"The picture: {scores[0][0]}")}<div style="{over}">{bars}</div></div>'
    )


def _score_row(label: str, value: float) -> str:
    share = max(0.0, min(1.0, value))
    return (
        '<li style="margin:3px 0;line-height:1.25">'
        f'<span style="display:inline-block;width:100%">{escape(label)} <span style="float:right">{share:.1%}</span></span>'
        f'<div style="height:4px;width:{share * 100:.1f}%;min-width:1px;background-color:#4aa8e0"></div></li>'
    )


def _bar(value: float) -> str:
    return "█" * round(20 * max(0.0, min(1.0, value)))


def _more(count: int) -> list[str]:
    return [f"… and {count} more in labels and probabilities"] if count > 0 else []


def table(head: list[str], rows: list[list[Any]]) -> str:
    """Rows as HTML; texts of others are escaped."""
    cells = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(each))}</td>" for each in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _reason(module: dict[str, Any]) -> str:
    if not module.get("broken"):
        return ""
    problems = module.get("problems") or [{"message": "its metadata is damaged"}]
    return f" (cannot be used: {problems[0]['message']})"


def _kind(schema: dict[str, Any]) -> str:
    kind = "file" if schema.get("format") == "file" else str(schema.get("type", ""))
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{kind} {low}–{high}" if low is not None and high is not None else kind


def _default(schema: dict[str, Any]) -> str:
    return json.dumps(schema["default"]) if schema.get("default") is not None else ""
