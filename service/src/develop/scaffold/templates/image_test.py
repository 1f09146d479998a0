"""Runs the module as DEEPaaS does: pytest."""

import pytest
from PIL import Image

from @PACKAGE@ import api, model


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "FOLDER", tmp_path / "models")
    monkeypatch.setattr(model, "FILE", tmp_path / "models" / "model.json")
    api.warm()


def picture(path, colour):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), colour).save(path)
    return str(path)


def test_the_metadata_name_the_module():
    assert api.get_metadata()["name"]


def test_a_red_picture_is_red(tmp_path):
    answer = api.predict(image=picture(tmp_path / "red.png", (210, 30, 30)), top_k=2)
    assert answer["labels"][0] == "red"
    assert len(answer["labels"]) == len(answer["probabilities"]) == 2


def test_it_learns_other_classes(tmp_path):
    for name, colour in (("lemon", (240, 230, 60)), ("plum", (90, 20, 110))):
        picture(tmp_path / "data" / name / "1.png", colour)
    assert api.train(data=str(tmp_path / "data"))["classes"] == ["lemon", "plum"]
    api.warm()
    assert api.predict(image=picture(tmp_path / "new.png", (230, 220, 70)), top_k=1)["labels"] == ["lemon"]


def test_it_says_that_there_is_no_data(tmp_path):
    with pytest.raises(ValueError, match="no folder"):
        api.train(data=str(tmp_path / "nowhere"))
