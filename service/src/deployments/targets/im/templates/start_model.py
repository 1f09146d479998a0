"""Fetches a model folder and serves it: START PORT NAME WHEEL_URL MODEL_URL SHA256.

Runs as `python3 -c` of an image that has nothing but Python. Every value comes as an argument of its own.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

PIECE = 1 << 20


def install(wheel):
    subprocess.run([sys.executable, "-m", "pip", "install", "--no-cache-dir", wheel], check=True)


def fetch(address, sha256, file):
    digest = hashlib.sha256()
    with urllib.request.urlopen(address, timeout=60) as answer, open(file, "wb") as out:
        while piece := answer.read(PIECE):
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != sha256:
        sys.exit(f"What came from {address} is not the model: its SHA-256 is {digest.hexdigest()}, expected was {sha256}.")


def unpack(file, folder):
    root = pathlib.Path(folder).resolve()
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not (root / entry.filename).resolve().is_relative_to(root):
                sys.exit(f"{entry.filename} would be written outside of the model's folder.")
        archive.extractall(root)
    # A cloud packs the folder itself into the archive.
    inside = [each for each in root.iterdir() if each.is_dir()]
    return inside[0] if len(list(root.iterdir())) == 1 and inside else root


def serve(folder, name, port):
    # Asked in a process of its own: it was installed after this one began.
    asked = "from jupyterlab_deep import paths; print(paths.node()); print(paths.program('module-runtime.mjs'))"
    found = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    node, program = found.stdout.splitlines()
    os.execv(node, [node, program, "--model", str(folder), "--name", name, "--host", "0.0.0.0", "--port", port])


def main(port, name, wheel, model, sha256):
    place = tempfile.mkdtemp(prefix="model-")
    print(f"Fetching {model} …", flush=True)
    archive = os.path.join(place, "model.zip")
    fetch(model, sha256, archive)
    folder = unpack(archive, os.path.join(place, "model"))
    os.remove(archive)
    print("Installing the server of models …", flush=True)
    install(wheel)
    serve(folder, name, port)


main(*sys.argv[1:])
