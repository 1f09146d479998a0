"""What the module answers."""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import marshmallow
import pytest

from table_classifier import __version__, api, sample
from table_classifier.refusals import Refused

PROJECT = Path(__file__).parent.parent


def defaults():
    given = api.get_predict_args()
    return {name: given[name].load_default for name in ("values", "model")}


def test_it_answers_at_once_with_the_values_that_its_form_shows(home):
    given = defaults()
    answer = api.predict(**given)
    assert given["model"] == answer["model"] == sample.NAME
    assert answer["labels"][0] == "cultivar 1"
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert answer["probabilities"] == sorted(answer["probabilities"], reverse=True)


def test_it_answers_deepaas_cli_which_hands_over_every_default(home):
    given = {name: field.load_default for name, field in api.get_predict_args().items()}
    assert api.predict(**given)["labels"][0] == "cultivar 1"


def test_a_prediction_does_without_what_the_model_was_trained_with(home):
    given = defaults()
    code = (
        "import sys; from table_classifier import api; api.warm();"
        f"print(api.predict(**{given!r})['labels'][0], 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == "cultivar 1 False", done.stderr


def test_a_table_is_answered_with_a_row_each_and_its_upload_is_removed(wine, upload):
    given = defaults()
    table = upload(wine.read_text())
    answer = api.predict(**given, table=table)
    was = [row["cultivar"] for row in csv.DictReader(wine.open())]
    found = [row["label"] for row in answer["predictions"]]
    assert sum(a == b for a, b in zip(was, found, strict=True)) >= 170
    assert not Path(table.filename).exists()


def test_a_table_may_have_its_columns_in_another_order_among_others_and_with_semicolons(wine, upload):
    given = defaults()
    rows = list(csv.DictReader(wine.open()))
    other = io.StringIO()
    writer = csv.DictWriter(other, ["note", *reversed(rows[0])], delimiter=";")
    writer.writeheader()
    writer.writerows({"note": "a, b", **row} for row in rows)
    assert api.predict(**given, table=upload(other.getvalue())) == api.predict(**given, table=upload(wine.read_text()))


def test_an_answer_as_csv_says_the_same(wine, upload):
    given = defaults()
    answer = api.predict(**given, table=upload(wine.read_text()))
    text = api.predict(**given, table=upload(wine.read_text()), accept="text/csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["label"] for row in rows] == [row["label"] for row in answer["predictions"]]


def test_values_may_be_many_rows_and_spelled_as_python_does(home):
    given = defaults()
    row = json.loads(given["values"])
    one = api.predict(model=given["model"], values=repr(row))
    many = api.predict(model=given["model"], values=json.dumps([row, row]))
    assert one["labels"][0] == many["predictions"][1]["label"]


def test_answers_are_as_the_schema_of_the_module_says(wine, upload):
    shape = marshmallow.Schema.from_dict(api.schema)()
    given = defaults()
    assert shape.validate(api.predict(**given)) == {}
    assert shape.validate(api.predict(**given, table=upload(wine.read_text()))) == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("{", "Give a table, or the numbers by their names"),
        ("[]", "Give a table"),
        ('{"alcohol": 1}', "malic_acid, ash"),
        ("hue", "Give a table"),
        ('{"alcohol": "much"}', "malic_acid"),
    ],
)
def test_values_that_cannot_be_used_are_refused_in_words(home, values, words):
    with pytest.raises(Refused, match=words) as refusal:
        api.predict(model=defaults()["model"], values=values)
    assert list(json.loads(refusal.value.text)) == ["values"]


@pytest.mark.parametrize("value", [None, "3", True, float("nan"), float("inf"), 1e39])
def test_a_value_that_is_no_number_is_named(home, value):
    row = {**json.loads(defaults()["values"]), "ash": value}
    with pytest.raises(Refused, match="^ash: "):
        api.predict(model=sample.NAME, values=json.dumps(row))


def test_a_table_without_a_column_that_the_model_needs_is_refused(wine, upload):
    given = defaults()
    text = wine.read_text().replace("alcohol,", "spirit,", 1)
    with pytest.raises(Refused, match=r"rows\.csv has no column alcohol\. It has spirit") as refusal:
        api.predict(**given, table=upload(text))
    assert refusal.value.status == 422
    assert list(json.loads(refusal.value.text)) == ["table"]


def test_a_refusal_travels_between_processes(home):
    there = pickle.loads(pickle.dumps(Refused("data", "It is empty.")))
    assert (str(there), there.argument, there.status) == ("It is empty.", "data", 422)


def test_the_module_says_the_version_of_its_project(home):
    [version] = re.findall(r'^version = "(.+)"$', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version == __version__ == api.get_metadata()["version"]
