"""Runs the module as DEEPaaS does: pytest."""

from pathlib import Path

from @PACKAGE@ import answers, api

HERE = Path(__file__).parent


def test_the_metadata_name_the_module():
    assert api.get_metadata()["name"]


def test_the_arguments_are_those_of_the_cells():
    assert set(api.get_predict_args()) == @NAMES@


def test_answers_are_plain():
    assert answers.plain({1: (True, b"x")}) == {"1": [True, "eA=="]}
@TRIES@
