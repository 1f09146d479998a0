"""What a Python developer would write: features by onnxruntime, scikit-learn's logistic regression: peer.py MODEL THREADS

Reads lines of JSON {"training", "held_out"} and answers each with {"seconds", "accuracy"}. Imports are not counted.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

BATCH = 32
MODEL, THREADS = Path(sys.argv[1]), int(sys.argv[2])


def prepare(path: Path) -> np.ndarray:
    picture = Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    return ((np.asarray(picture, "f4") - 127) / 128).transpose(2, 0, 1)


def features(session: onnxruntime.InferenceSession, folder: str) -> tuple[np.ndarray, list[str]]:
    files = sorted(Path(folder).glob("*/*.jpg"))
    parts = []
    for start in range(0, len(files), BATCH):
        batch = np.stack([prepare(each) for each in files[start : start + BATCH]])
        parts.append(session.run(["features"], {"pixel_values": batch})[0])
    return np.concatenate(parts), [each.parent.name for each in files]


def train(request: dict) -> dict:
    since = time.perf_counter()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(
        str(MODEL / "onnx" / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    learnt, labels = features(session, request["training"])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(learnt, labels)
    seconds = time.perf_counter() - since
    held_out, truth = features(session, request["held_out"])
    return {"seconds": seconds, "accuracy": float(model.score(held_out, truth))}


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps(train(json.loads(line))), flush=True)
