"""Python's side: answers each line of standard input, a picture's path, with its milliseconds and best class. Decoding is Pillow's."""

import json
import sys
import time

import lite0_module

classifier = lite0_module.Classifier()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    answer = classifier.classify(line.strip(), 5)
    elapsed = (time.perf_counter() - started) * 1000
    print(json.dumps({"ms": elapsed, "index": answer["predictions"][0]["index"]}), flush=True)
