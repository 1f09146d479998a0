"""Posts pictures by `requests`: `peer.py ENDPOINT FOLDER THREADS`. Prints the seconds of the second time: the first is the warm-up."""

import pathlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

LOCAL = threading.local()


def post(url: str, name: str, data: bytes) -> None:
    """One session a thread: a connection that stays open."""
    if not hasattr(LOCAL, "session"):
        LOCAL.session = requests.Session()
        # Looking for proxies and passwords at each call is not what is compared.
        LOCAL.session.trust_env = False
    reply = LOCAL.session.post(
        url,
        files={"image": (name, data, "image/jpeg")},
        headers={"Accept": "application/json"},
        timeout=60,
    )
    reply.raise_for_status()
    if reply.json()["predictions"] != {}:
        raise ValueError(f"Unexpected answer: {reply.text}")


def main() -> None:
    endpoint, folder, threads = sys.argv[1:]
    url = f"{endpoint}/v2/models/trivial/predict/"
    files = sorted(pathlib.Path(folder).iterdir())
    pictures = [(path.name, path.read_bytes()) for path in files]
    with ThreadPoolExecutor(int(threads)) as pool:
        for is_warm in (False, True):
            started = time.perf_counter()
            for _ in pool.map(lambda picture: post(url, *picture), pictures):
                pass
            if is_warm:
                print(time.perf_counter() - started)


main()
