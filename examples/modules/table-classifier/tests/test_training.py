"""What the module learns, and what it says when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from table_classifier import api, models, sample
from table_classifier.learning import Settings, hold_out, learn
from table_classifier.refusals import Refused

PROJECT = Path(__file__).parent.parent


def written(folder):
    """All names and contents below a folder."""
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_training_says_each_epoch_and_its_model_is_offered_first_and_is_right(wine, capfd):
    made = api.train(str(wine), target="cultivar", epochs=15, name="cellar")
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    assert [step["epoch"] for step in said] == list(range(1, 16))
    assert said[-1]["loss"] < said[0]["loss"]
    assert made["metrics"]["val_accuracy"] > 0.9
    rows = np.array(made["confusion"]["rows"])
    assert np.trace(rows) / rows.sum() == made["metrics"]["val_accuracy"]
    given = api.get_predict_args()
    assert given["model"].validate.choices == ["cellar", sample.NAME]
    answer = api.predict(model="cellar", values=given["values"].load_default)
    assert (answer["model"], answer["labels"][0]) == ("cellar", "cultivar 1")


def test_it_learns_the_same_from_the_same_and_the_record_says_from_what(wine):
    first = api.train(str(wine), target="cultivar", epochs=3, seed=5)
    second = api.train(str(wine), target="cultivar", epochs=3, seed=5)
    assert first["metrics"] == second["metrics"]
    record = json.loads((models.models_folder() / "wine" / models.RECORD).read_text())
    assert record["arguments"] == {"target": "cultivar", **asdict(Settings(epochs=3, seed=5))}
    assert (record["data"]["rows"], record["metrics"]) == (178, first["metrics"])


def test_a_model_takes_the_place_of_no_other(wine):
    made = [api.train(str(wine), target="cultivar", epochs=1)["name"] for _ in range(3)]
    assert made == ["wine", "wine-2", "wine-3"]
    assert api.train(str(wine), target="cultivar", epochs=1, name=sample.NAME)["name"] == f"{sample.NAME}-2"


def test_the_data_may_be_a_folder_with_one_csv_file(wine):
    assert api.train(str(wine.parent), target="cultivar", epochs=1)["name"] == "wine"
    (wine.parent / "other.csv").write_text("a\n1\n")
    with pytest.raises(Refused, match=r"2 CSV files .*other\.csv, wine\.csv"):
        api.train(str(wine.parent), target="cultivar", epochs=1)


GOOD = "a,b,label\n1,2,x\n2,3,x\n3,4,y\n4,5,y\n"


@pytest.mark.parametrize(
    ("text", "argument", "words"),
    [
        ("", "data", "is empty"),
        ("a,label\n", "data", "no rows"),
        (GOOD.replace("label", "class"), "target", "has no column label: it has a, b, class"),
        (GOOD.replace("y", "x"), "target", "Every row has x"),
        ("a,label\n1,x\n2,y\n", "target", "these are no classes"),
        (GOOD + "5,6,z\n", "target", "z in the column label is there in one row only"),
        (GOOD.replace("3,4", "NaN,4"), "data", "line 4, column a: “NaN” cannot be computed with"),
        (GOOD.replace("3,4", "inf,4"), "data", "line 4, column a: “inf” cannot"),
        (GOOD.replace("3,4", "red,4"), "data", "line 4, column a: “red” is no number"),
        (GOOD.replace("3,4", ",4"), "data", "line 4, column a: there is nothing"),
        (GOOD.replace("3,4,y", "3,4,"), "data", "line 4, column label: there is nothing"),
        (GOOD.replace("3,4,y", "3,4,y,9"), "data", "line 4: 4 values"),
        (GOOD.replace("a,b", "a,a"), "data", "each differently"),
        ("label\nx\nx\ny\ny\n", "data", "nothing to learn from"),
        ('a,label\n"1,x\n', "data", "is no CSV file"),
    ],
)
def test_data_that_cannot_be_learnt_from_are_refused_in_words(home, text, argument, words):
    file = home / "given.csv"
    file.write_text(text)
    with pytest.raises(Refused, match=words) as refusal:
        api.train(str(file), epochs=1)
    assert refusal.value.argument == argument
    assert not models.models_folder().exists()


def test_small_and_odd_tables_are_learnt_from(home):
    file = home / "given.csv"
    file.write_text("\ufeff" + GOOD.replace("\n", "\r\n\r\n"), "utf-8")
    made = api.train(str(file), epochs=2)
    assert sum(map(sum, made["confusion"]["rows"])) == 2


def test_a_file_that_is_no_text_or_not_there_is_refused(home):
    (home / "given.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="no text in UTF-8"):
        api.train(str(home / "given.csv"))
    with pytest.raises(Refused, match="neither a file nor a folder"):
        api.train(str(home / "nowhere.csv"))


def test_a_loss_that_is_no_number_any_more_ends_the_training(home):
    rows = np.random.default_rng(0).normal(size=(100, 3))
    with pytest.raises(Refused, match="learning_rate"), np.errstate(all="ignore"):
        learn(rows, (rows[:, 0] > 0).astype(int), Settings(learning_rate=1e300), lambda line: None)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.9])
def test_of_each_class_some_rows_are_held_out_and_some_are_not(share):
    classes = np.array([0] * 50 + [1] * 2)
    held_out = hold_out(classes, share, seed=1)
    for each in (0, 1):
        assert set(held_out[classes == each]) == {True, False}


def test_a_disk_that_takes_no_more_leaves_everything_as_it_was(wine):
    api.train(str(wine), target="cultivar", epochs=1)
    before = written(models.models_folder())
    # No file of this process may become larger: the writing of the network fails in the middle.
    code = (
        "import resource; from table_classifier import api, learning; import skl2onnx;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500));"
        f"api.train({str(wine)!r}, target='cultivar', epochs=1)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "RuntimeError: The model could not be saved in" in done.stderr
    assert "The models that were there are as they were." in done.stderr
    assert written(models.models_folder()) == before
    assert [each.name for each in models.models_folder().iterdir()] == ["wine"]


def test_what_a_killed_training_left_is_neither_offered_nor_kept(wine):
    rest = models.models_folder() / ".new-abc"
    rest.mkdir(parents=True)
    assert models.names() == []
    models.sweep(rest.parent, age_s=60, now=rest.stat().st_mtime + 61)
    assert not rest.exists()


def test_a_model_that_was_deleted_is_said_to_be_gone(home):
    with pytest.raises(Refused, match="gone is not there any more"):
        api.predict(model="gone", values="{}")
