"""What people write by hand: one stage after another over all pictures, 8 threads each.

`stages.py FOLDER TABLE DETECT CLASSIFY RATE`, the last three are addresses of predict. Prints the seconds.
"""

import csv
import pathlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

THREADS = 8
LOCAL = threading.local()


def session() -> requests.Session:
    """One a thread: a connection that stays open."""
    if not hasattr(LOCAL, "session"):
        LOCAL.session = requests.Session()
        LOCAL.session.trust_env = False
    return LOCAL.session


def ask(url: str, **given) -> dict:
    headers = {"Accept": "application/json"}
    reply = session().post(url, headers=headers, timeout=60, **given)
    reply.raise_for_status()
    return reply.json()["predictions"]


def ask_about(url: str, path: pathlib.Path) -> dict:
    return ask(url, files={"image": (path.name, path.read_bytes(), "image/jpeg")})


def main() -> None:
    folder, table, detect, classify, rate = sys.argv[1:]
    started = time.perf_counter()
    files = sorted(pathlib.Path(folder).glob("*.jpg"))
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda path: ask_about(detect, path), files))
        classes = list(pool.map(lambda path: ask_about(classify, path), files))
        labels = [answer["labels"][0] for answer in classes]
        rates = list(
            pool.map(lambda label: ask(rate, params={"label": label}), labels)
        )
    with open(table, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["file", "boxes", "label", "score"])
        for path, boxes, label, rated in zip(files, found, labels, rates):
            row = [path.name, len(boxes["boxes"]), label, rated["score"]]
            writer.writerow(row)
    print(time.perf_counter() - started)


main()
