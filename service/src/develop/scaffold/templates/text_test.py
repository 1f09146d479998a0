"""Runs the module as DEEPaaS does: pytest."""

import pytest

from @PACKAGE@ import api, model


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "FOLDER", tmp_path / "models")
    monkeypatch.setattr(model, "FILE", tmp_path / "models" / "model.json")
    api.warm()


def test_the_metadata_name_the_module():
    assert api.get_metadata()["name"]


def test_a_question_is_one():
    answer = api.predict(text="Where is it, and who can open it?")
    assert answer["labels"][0] == "question"
    assert sum(answer["probabilities"]) == pytest.approx(1)


def test_it_learns_other_classes(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("text,label\nsun and warm wind,summer\nsnow and cold ice,winter\n", "utf-8")
    assert api.train(data=str(data))["classes"] == ["summer", "winter"]
    api.warm()
    assert api.predict(text="cold snow")["labels"][0] == "winter"


def test_it_says_which_columns_it_needs(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ValueError, match="columns text and label"):
        api.train(data=str(data))
