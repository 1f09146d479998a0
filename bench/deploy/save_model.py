"""Writes an ONNX file as MLflow serves it: save_model.py FILE OUTDIR"""

import sys

import mlflow.onnx
import onnx

file, folder = sys.argv[1:]
# Its own metadata say the providers; there is no GPU to try first.
mlflow.onnx.save_model(onnx.load(file), folder, onnx_execution_providers=["CPUExecutionProvider"])
