"""ONNX models as exporters write them, made small: madeModels.py FOLDER. Needs numpy and onnx."""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(sys.argv[1])
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]


def save(name, nodes, inputs, outputs, weights=(), metadata=None, producer="pytorch"):
    graph = helper.make_graph(nodes, name, inputs, outputs, [numpy_helper.from_array(value, key) for key, value in weights])
    model = helper.make_model(graph, opset_imports=OPSETS, producer_name=producer, producer_version="2.4.0", ir_version=8)
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")
    return model


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def mean_of_pictures(layout, channels=3):
    """[batch, channels] of a picture: how much of each colour it has."""
    axes = [2, 3] if layout == "NCHW" else [1, 2]
    return helper.make_node("ReduceMean", ["image"], ["colour"], axes=axes, keepdims=0)


#: More red than blue: the first class.
WEIGHTS = np.array([[8, 0, -8], [0, 8, 0], [-8, 0, 8]], dtype=np.float32)


def colours(name, layout="NCHW", shape=None, last=None, batch="batch", **more):
    """Tells red, green and blue pictures apart."""
    shape = shape or ([batch, 3, 8, 8] if layout == "NCHW" else [batch, 8, 8, 3])
    scores = "scores" if last else "answer"
    nodes = [mean_of_pictures(layout), helper.make_node("Gemm", ["colour", "weights"], [scores])]
    if last:
        nodes.append(helper.make_node(last, [scores], ["answer"], **({"axis": 1} if last == "Softmax" else {})))
    save(name, nodes, [value("image", shape)], [value("answer", [batch, 3])], [("weights", WEIGHTS)], **more)


def binary(name):
    """How bright a grey picture is, as one probability."""
    nodes = [
        mean_of_pictures("NCHW"),
        helper.make_node("Gemm", ["colour", "weights", "bias"], ["score"]),
        helper.make_node("Sigmoid", ["score"], ["answer"]),
    ]
    weights = [("weights", np.array([[20]], dtype=np.float32)), ("bias", np.array([-10], dtype=np.float32))]
    save(name, nodes, [value("image", ["batch", 1, 8, 8])], [value("answer", ["batch", 1])], weights)


def table(name, kind=TensorProto.FLOAT, batch=None, outputs=2):
    """Which of two columns is larger."""
    weights = np.array([[1, -1], [-1, 1]], dtype=np.float64 if kind == TensorProto.DOUBLE else np.float32)[:, :outputs]
    nodes = [helper.make_node("MatMul", ["X", "weights"], ["variable" if outputs == 1 else "scores"])]
    made = value("variable" if outputs == 1 else "scores", [batch, outputs], kind)
    save(name, nodes, [value("X", [batch, 2], kind)], [made], [("weights", weights)], producer="skl2onnx")


def zip_map(name):
    """What skl2onnx writes without options={'zipmap': False}."""
    nodes = [
        helper.make_node(
            "LinearClassifier", ["X"], ["output_label", "raw"], domain="ai.onnx.ml", coefficients=[1.0, -1.0, -1.0, 1.0],
            intercepts=[0.0, 0.0], classlabels_strings=["up", "down"], post_transform="SOFTMAX",
        ),
        helper.make_node("ZipMap", ["raw"], ["output_probability"], domain="ai.onnx.ml", classlabels_strings=["up", "down"]),
    ]
    mapped = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    probabilities = helper.make_value_info("output_probability", helper.make_sequence_type_proto(mapped))
    save(name, nodes, [value("X", [None, 2])], [value("output_label", [None], TensorProto.STRING), probabilities])


def named_classes(name):
    """The same without it: labels are in the file."""
    node = helper.make_node(
        "LinearClassifier", ["X"], ["label", "probabilities"], domain="ai.onnx.ml", coefficients=[1.0, -1.0, -1.0, 1.0],
        intercepts=[0.0, 0.0], classlabels_strings=["up", "down"], post_transform="SOFTMAX",
    )
    outputs = [value("label", [None], TensorProto.STRING), value("probabilities", [None, 2])]
    save(name, [node], [value("X", [None, 2])], outputs, producer="skl2onnx")


def external(name):
    """Weights in a file of their own."""
    (FOLDER / name).mkdir()
    colours(name)
    model = onnx.load(FOLDER / f"{name}.onnx")
    (FOLDER / f"{name}.onnx").unlink()
    onnx.save(
        model, FOLDER / name / "colours.onnx", save_as_external_data=True, location="colours.onnx.data", size_threshold=0
    )


def detector(name):
    nodes = [helper.make_node("Transpose", ["image"], ["boxes"], perm=[0, 2, 3, 1])]
    save(name, nodes, [value("image", [1, 3, 8, 8])], [value("boxes", [1, 8, 8, 3])])


def two_inputs(name):
    nodes = [helper.make_node("Concat", ["width", "height"], ["variable"], axis=1)]
    save(name, nodes, [value("width", [None, 1]), value("height", [None, 1])], [value("variable", [None, 2])])


FOLDER.mkdir(parents=True, exist_ok=True)
colours("torch")
colours("softmax", last="Softmax", metadata={"names": "{0: 'red', 1: 'green', 2: 'blue'}"})
colours("keras", layout="NHWC", last="Softmax", producer="tf2onnx")
colours("anySize", shape=["batch", 3, "height", "width"])
colours("single", batch=1)
colours("fourChannels", shape=["batch", 4, 8, 8])
binary("binary")
table("table")
table("double", TensorProto.DOUBLE)
table("oneRow", batch=1)
table("number", outputs=1)
zip_map("zipMap")
named_classes("namedClasses")
external("external")
detector("detector")
two_inputs("twoInputs")
