"""Each test has a home of its own, so that nothing is learnt from another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from table_classifier import api, sample


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TABLE_CLASSIFIER_HOME", str(tmp_path))
    api._loaded.clear()
    return tmp_path


@pytest.fixture
def wine(home):
    """The CSV file with the wines."""
    file = home / "wine.csv"
    sample.write_wine(file)
    return file


@pytest.fixture
def upload(home):
    """A text as DEEPaaS hands over a file that was sent to it."""

    def make(text: str, name: str = "rows.csv"):
        file = home / "upload"
        file.write_text(text)
        return SimpleNamespace(filename=str(file), original_filename=name)

    return make
