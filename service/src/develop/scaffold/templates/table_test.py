"""Runs the module as DEEPaaS does: pytest."""

import pytest

from @PACKAGE@ import api, model


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "FOLDER", tmp_path / "models")
    monkeypatch.setattr(model, "FILE", tmp_path / "models" / "model.json")
    api.warm()


def table(path, text):
    path.write_text(text, "utf-8")
    return str(path)


def test_the_metadata_name_the_module():
    assert api.get_metadata()["name"]


def test_each_row_gets_its_class(tmp_path):
    answer = api.predict(table=table(tmp_path / "rows.csv", "width;length\n7;9\n1;1\n"))
    assert [each["label"] for each in answer] == ["large", "small"]


def test_it_learns_other_columns(tmp_path):
    data = table(tmp_path / "data.csv", "a,b,kind\n1,1,left\n2,1,left\n8,9,right\n")
    assert api.train(data=data, target="kind")["columns"] == ["a", "b"]
    api.warm()
    answer = api.predict(table=table(tmp_path / "rows.csv", "a,b\n9,9\n"))
    assert answer[0]["label"] == "right"


def test_it_says_which_column_is_missing(tmp_path):
    with pytest.raises(ValueError, match="no column length"):
        api.predict(table=table(tmp_path / "rows.csv", "height\n1\n"))
