"""The documentation builds as a site, and no link or picture of it leads nowhere."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_site_builds_without_a_warning(tmp_path):
    built = build(ROOT, tmp_path / "site")
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    for page in ("index", "basic", "intermediate", "advanced", "admin"):
        text = (tmp_path / "site" / f"{page}.html").read_text()
        assert "<h1" in text
    assert (tmp_path / "site/pictures/try-light.png").is_file()
