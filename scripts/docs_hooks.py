"""What mkdocs cannot do alone: pages of the site that lie outside docs/, and links that lead to them or to code."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent

# By the path in the repository: the page of the site.
PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "bench/README.md": "bench.md",
}
SOURCES = {page: Path(source) for source, page in PAGES.items()}
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^()\s]+)\)")


def on_files(files, config):
    for source, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown, page, config, files):
    source = SOURCES.get(page.file.src_uri, Path("docs") / page.file.src_uri)

    def to_site(target: str) -> str | None:
        """The target as the site has it; None where it lies outside."""
        if re.match(r"[a-z]+:|#", target):
            return target
        path, _, anchor = target.partition("#")
        inside = (ROOT / source.parent / path).resolve().relative_to(ROOT)
        if str(inside) in PAGES:
            found = PAGES[str(inside)]
        elif inside.parts[0] == "docs" and (ROOT / inside).is_file():
            found = inside.relative_to("docs").as_posix()
        elif (ROOT / inside).exists():
            return None
        else:
            found = path
        return f"{found}#{anchor}" if anchor else found

    def link(match: re.Match[str]) -> str:
        target = to_site(match[2])
        return match[1] if target is None else f"[{match[1]}]({target})"

    def picture(match: re.Match[str]) -> str:
        return f"![{match[1]}]({to_site(match[2])})"

    return LINK.sub(link, PICTURE.sub(picture, markdown))
