"""The page that a browser gets when a request below `/deep/` fails."""

from __future__ import annotations

from html import escape

from .errors import DeepError

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – DEEP</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 12vh auto; padding: 0 1rem; }}
pre {{ overflow: auto; padding: 0.75rem; border: 1px solid; border-radius: 4px; font-size: 13px; }}
summary {{ cursor: pointer; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{detail}</p>
{hint}{technical}
</main>
</body>
</html>
"""


def error_page(error: DeepError) -> str:
    """HTML that says what happened, what to do, and the technical part behind *Details*."""
    hint = f"<p>{escape(error.hint)}</p>\n" if error.hint else ""
    technical = ""
    if error.technical:
        technical = f"<details>\n<summary>Details</summary>\n<pre>{escape(error.technical)}</pre>\n</details>"
    return _PAGE.format(title=escape(error.title), detail=escape(error.detail), hint=hint, technical=technical)
