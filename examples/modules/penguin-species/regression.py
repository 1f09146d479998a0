"""Multinomial logistic regression by Newton's method, with numpy alone; and the fitted numbers as an ONNX graph."""
from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: Keeps the coefficients finite where classes can be told apart without a mistake.
RIDGE = 0.5
STEPS = 50
TOLERANCE = 1e-10


def softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def fit(rows: np.ndarray, classes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights [features, classes] and bias [classes] for normalised rows [n, features]."""
    inputs = np.hstack([rows, np.ones((len(rows), 1))])
    wanted = np.eye(count)[classes]
    width = inputs.shape[1]
    penalty = np.full((width, count), RIDGE)
    penalty[-1] = 1e-6
    coefficients = np.zeros((width, count))
    for _ in range(STEPS):
        probabilities = softmax(inputs @ coefficients)
        gradient = inputs.T @ (probabilities - wanted) + penalty * coefficients
        curvature = np.diag(penalty.ravel())
        for a in range(count):
            for b in range(count):
                share = probabilities[:, a] * ((a == b) - probabilities[:, b])
                # Rows of `coefficients` are features, so a class's numbers lie `count` apart.
                curvature[a::count, b::count] += inputs.T @ (inputs * share[:, None])
        step = np.linalg.solve(curvature, gradient.ravel()).reshape(width, count)
        coefficients -= step
        if np.abs(step).max() < TOLERANCE:
            break
    return coefficients[:-1], coefficients[-1]


def to_onnx(name: str, mean: np.ndarray, deviation: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> onnx.ModelProto:
    """A graph from `features` [batch, features] to `logits` [batch, classes]; normalising is part of it."""
    numbers = {"mean": mean, "deviation": deviation, "weights": weights, "bias": bias}
    constants = [numpy_helper.from_array(value.astype(np.float32), key) for key, value in numbers.items()]
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "deviation"], ["normal"]),
        helper.make_node("Gemm", ["normal", "weights", "bias"], ["logits"]),
    ]
    features, classes = weights.shape
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", features])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model
