"""EfficientNet-Lite0 as an ONNX graph."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

IMAGE_SIZE = 224
CLASSES = 1000
FEATURES = 1280

#: The network was trained in TensorFlow, whose batch normalisation uses this, not torch's 1e-5.
NORM_EPSILON = 1e-3
OPSET = 17
#: Of the file format; what onnxruntime 1.16 and later read.
IR_VERSION = 9


class Stage(NamedTuple):
    """Blocks of one kind; only the first may halve the picture."""

    blocks: int
    kernel: int
    first_stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32


class GraphBuilder:
    """Turns the weights into nodes, batch normalisation folded into the convolution before it."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._limits = [self._constant("zero", np.float32(0)), self._constant("six", np.float32(6))]

    def convolution(self, x: str, conv: str, norm: str, *, stride=1, depthwise=False, activation=True) -> str:
        """`x` convolved, normalised and, unless it is a projection, cut to 0..6; returns the new value's name."""
        kernel, bias = self._folded(conv, norm)
        y = self._node(
            "Conv",
            [x, self._constant(f"{conv}.kernel", kernel), self._constant(f"{conv}.bias", bias)],
            conv,
            auto_pad="SAME_UPPER",
            kernel_shape=kernel.shape[2:],
            strides=[stride, stride],
            group=kernel.shape[0] if depthwise else 1,
        )
        return self._node("Clip", [y, *self._limits], f"{conv}.relu6") if activation else y

    def add(self, a: str, b: str, name: str) -> str:
        return self._node("Add", [a, b], name)

    def classifier(self, x: str) -> None:
        """Ends the graph: `features` (averaged over the picture) and `logits`."""
        pooled = self._node("GlobalAveragePool", [x], "pooled")
        features = self._node("Flatten", [pooled], "features")
        weight = self._constant("_fc.weight", self._weights["_fc.weight"])
        bias = self._constant("_fc.bias", self._weights["_fc.bias"])
        self._node("Gemm", [features, weight, bias], "logits", transB=1)

    def model(self) -> onnx.ModelProto:
        def tensor(name: str, *shape: int):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])

        graph = helper.make_graph(
            self._nodes,
            "efficientnet-lite0",
            inputs=[tensor("pixel_values", 3, IMAGE_SIZE, IMAGE_SIZE)],
            outputs=[tensor("logits", CLASSES), tensor("features", FEATURES)],
            initializer=self._initializers,
        )
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="jupyterlab-deep")

    def _folded(self, conv: str, norm: str) -> tuple[np.ndarray, np.ndarray]:
        gain, shift = self._weights[f"{norm}.weight"], self._weights[f"{norm}.bias"]
        mean, variance = self._weights[f"{norm}.running_mean"], self._weights[f"{norm}.running_var"]
        scale = gain / np.sqrt(variance + NORM_EPSILON)
        return self._weights[f"{conv}.weight"] * scale[:, None, None, None], shift - mean * scale

    def _constant(self, name: str, value) -> str:
        self._initializers.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def _node(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


def _block(graph: GraphBuilder, x: str, prefix: str, stage: Stage, stride: int, residual: bool) -> str:
    y = x
    if stage.expansion != 1:
        y = graph.convolution(y, f"{prefix}._expand_conv", f"{prefix}._bn0")
    y = graph.convolution(y, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride=stride, depthwise=True)
    y = graph.convolution(y, f"{prefix}._project_conv", f"{prefix}._bn2", activation=False)
    return graph.add(y, x, f"{prefix}.sum") if residual else y


def build_model(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Input `pixel_values` float32 [batch, 3, 224, 224]; outputs `logits` [batch, 1000], `features` [batch, 1280]."""
    graph = GraphBuilder(weights)
    x = graph.convolution("pixel_values", "_conv_stem", "_bn0", stride=2)
    channels, number = STEM_CHANNELS, 0
    for stage in STAGES:
        for index in range(stage.blocks):
            stride = stage.first_stride if index == 0 else 1
            residual = stride == 1 and channels == stage.channels
            x = _block(graph, x, f"_blocks.{number}", stage, stride, residual)
            channels, number = stage.channels, number + 1
    graph.classifier(graph.convolution(x, "_conv_head", "_bn1"))
    model = graph.model()
    onnx.checker.check_model(model)
    return model
