"""Runs the module as DEEPaaS does: pytest."""

from @PACKAGE@ import api


def test_the_metadata_name_the_module():
    assert api.get_metadata()["name"]


def test_it_greets():
    assert api.predict(name="Ada") == {"greeting": "Hello, Ada!"}
