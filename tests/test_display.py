"""What notebooks show of answers, whatever a module says."""

from __future__ import annotations

import json

import pytest

from jupyterlab_deep.display import Modules, Prediction
from jupyterlab_deep.evaluation_display import evaluation_html, evaluation_text

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def classification(count: int) -> bytes:
    return json.dumps(
        {
            "status": "OK",
            "predictions": {"labels": [f"<b>{i}" for i in range(count)], "probabilities": [1 / count] * count},
        }
    ).encode()


def test_labels_are_shown_as_text_and_never_as_markup():
    bundle = Prediction("M", "application/json; charset=utf-8", classification(2), PNG)._repr_mimebundle_()
    assert "<b>0" not in bundle["text/html"] and "&lt;b&gt;0" in bundle["text/html"]
    assert "data:image/png;base64" in bundle["text/html"]


@pytest.mark.parametrize("value", ["high", None, True, [0.5], float("nan")])
def test_values_that_are_no_numbers_are_no_classification(value):
    content = json.dumps({"labels": ["cat", "dog"], "probabilities": [0.5, value]}).encode()
    prediction = Prediction("M", "application/json", content, PNG)
    assert prediction.labels == prediction.probabilities == []
    assert "cat" in repr(prediction) and "cat" in prediction._repr_mimebundle_()["text/html"]


def test_many_labels_are_cut_and_the_cut_is_said():
    prediction = Prediction("M", "application/json", classification(1000), None)
    assert len(prediction.labels) == 1000
    assert "and 990 more" in prediction._repr_mimebundle_()["text/html"]
    assert "and 990 more" in repr(prediction)


def test_a_large_picture_stays_out_of_the_notebook():
    bundle = Prediction("M", "application/json", classification(1), PNG + bytes(3_000_000))._repr_mimebundle_()
    assert len(bundle["text/html"]) < 10_000 and "is not shown" in bundle["text/html"]


def test_an_answer_of_another_shape_is_shown_as_json():
    prediction = Prediction("M", "application/json", b'{"boxes": [[1, 2]]}', None)
    assert prediction.labels == [] and prediction.data == {"boxes": [[1, 2]]}
    assert "boxes" in prediction._repr_mimebundle_()["text/html"]


def test_a_picture_as_answer_is_shown_whatever_its_declared_type():
    assert "data:image/png" in Prediction("M", "image/*", PNG, None)._repr_mimebundle_()["text/html"]


def test_broken_modules_say_why():
    broken = {"id": "a/b", "title": "B", "summary": "", "broken": True, "problems": [{"message": "no licence"}]}
    listing = Modules({"modules": [broken], "total": 1})
    assert "no licence" in repr(listing) and "no licence" in listing._repr_mimebundle_()["text/html"]


def test_an_evaluation_says_how_often_it_was_right_and_escapes_what_others_wrote():
    found = {
        "accuracy": 0.5,
        "right": 1,
        "count": 2,
        "failed": 1,
        "labels": ["<b>cat", "dog"],
        "rows": [[1, 1], [0, 0]],
        "outside": 0,
        "perClass": [{"label": "<b>cat", "count": 2}],
        "confused": [],
        "unknown": ["<b>cat"],
        "leftOut": {"count": 3, "first": []},
        "worst": [{"item": 4, "path": "<i>.jpg", "label": "<b>cat", "found": "dog", "probability": 0.93}],
    }
    text = evaluation_text(found)
    assert text.startswith("50.0% right: 1 of 2 files.\nThe module does not know: <b>cat.")
    assert "<i>.jpg: it was <b>cat, found dog 0.93" in text
    html = evaluation_html(found, {4: b"\xff\xd8\xff"})
    assert "<b>cat" not in html and "<i>" not in html and "data:image/jpeg;base64,/9j/" in html
    # What is of no file has a column, and no row.
    assert html.count("<tr>") == 2
    many = {**found, "outside": 1, "confused": [{"label": "cat", "found": "dog", "count": 7}]}
    assert "<td>7</td>" in evaluation_html(many, {})
