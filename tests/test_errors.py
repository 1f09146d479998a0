"""Failures: the same table as in protocol/, and the way there and back."""

from __future__ import annotations

import re

from conftest import ROOT
from jupyterlab_deep.errors import ERRORS, DeepError


def test_keys_statuses_and_titles_are_those_of_the_protocol():
    text = (ROOT / "protocol" / "src" / "errors.ts").read_text()
    table = text[text.index("export const ERRORS") : text.index("as const")]
    rows = re.findall(r"""^\s*'?([a-z-]+)'?: \[(\d+), (?:'([^']*)'|"([^"]*)")\]""", table, re.MULTILINE)
    assert {key: (int(status), single or double) for key, status, single, double in rows} == ERRORS


def test_an_error_survives_the_way_through_a_problem_document():
    error = DeepError("no-space", "Full.", hint="Make room.", fields={"a": ["b"]}, technical="ENOSPC")
    again = DeepError.from_problem(error.problem())
    assert (again.problem(), str(again)) == (error.problem(), "Full. Make room.")


def test_an_unknown_type_becomes_internal_and_other_texts_are_no_problem_documents():
    assert DeepError.from_problem({"type": "urn:jupyterlab-deep:later", "detail": "New."}).key == "internal"
    assert DeepError.from_text('{"type":"about:blank"}') is None
    assert DeepError.from_text("<html>") is None
