"""Topologies from cells on the built-in modules: the examples run, one is served and called, exports say the same."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from conftest import ROOT
from jupyter_client.manager import KernelManager

EXAMPLES = sorted((ROOT / "examples" / "topologies").glob("*.topology"))

RUN = """
import json
import shutil
from pathlib import Path
from jupyterlab_deep import client, topologies
from jupyterlab_deep.calls import call_service
from jupyterlab_deep.unixhttp import UnixConnection

def by_plain_http(module):
    running = next(d for d in call_service("GET", "/deployments")["deployments"] if d["module"] == module.id and d["state"] == "ready")
    connection = UnixConnection(running["endpoint"].removeprefix("unix:"), 60)
    picture = Path("photos/cat.jpg").read_bytes()
    head = b'--x\\r\\nContent-Disposition: form-data; name="image"; filename="cat.jpg"\\r\\nContent-Type: image/jpeg\\r\\n\\r\\n'
    body = head + picture + b"\\r\\n--x--\\r\\n"
    connection.request("POST", running["modelPath"] + "predict/", body, {"Content-Type": "multipart/form-data; boundary=x"})
    reply = connection.getresponse()
    return [reply.status, json.loads(reply.read())]

said = {}
for name in ("photos-to-table", "vote-of-tiles"):
    t = topologies.load(f"topologies/{name}.topology")
    assert [p for p in t.validate() if p["severity"] == "error"] == []
    said[name] = [(out.origin["name"], out.value, str(out.error or "")) for out in t.run()]
run = topologies.load("topologies/vote-of-tiles.topology").submit(up_to="cut").watch()
said["up_to"] = sorted({out.node for out in run.results()})
said["files"] = sorted(out.file for out in run.results() if out.file)
one = topologies.load("topologies/label-photo.topology")
answers = one.run([{"image": "photos/cat.jpg"}, {"image": "photos/cat.jpg", "least": 1}])
said["one"] = [out.value for out in sorted(answers, key=lambda out: out.origin["index"])]
said["module"] = one.serve("label-photo")
m = client.open(said["module"])
said["called"] = m.predict(image="photos/cat.jpg").data
said["plain"] = by_plain_http(m)
said["unsure"] = m.predict(image="photos/cat.jpg", least=1.0).data
outer = topologies.build("Outer")
photo = outer.request({"image": {"type": {"kind": "file", "mediaTypes": ["image/*"]}, "required": True}})
outer.reply(outer.module("mine/label-photo", {"image": photo.out("image")}))
said["outer"] = client.open(outer.serve("outer")).predict(image="photos/cat.jpg").data
loop = topologies.build("Loop")
photo = loop.request({"image": {"type": {"kind": "file", "mediaTypes": []}}})
loop.reply(loop.module("mine/outer", {"image": photo.out("image")}))
said["twice"] = [problem["reason"] for problem in loop.validate() if problem["severity"] == "error"]
try:
    loop.serve("label-photo", replace=True)
except Exception as error:
    said["loop"] = str(error)
Path("late").mkdir()
Path("late.csv").write_text("photo\\nphotos/cat.jpg\\nlate/cat.jpg\\n")
late = topologies.build("Late")
late.reply(late.resize(late.csv_column("late.csv", "photo", is_file=True), width=8, height=8))
run = late.submit().watch()
said["late"] = {out.origin["name"]: bool(out.error) for out in run.results()}
shutil.copy("photos/cat.jpg", "late/cat.jpg")
said["in_time"] = {out.origin["name"]: bool(out.error) for out in run.retry().watch().results()}
said["log"] = run.log()
print(json.dumps(said))
"""

EXPORTS = """
import json
from jupyterlab_deep import topologies
names = ("photos-to-table", "vote-of-tiles", "label-photo")
formats = ("notebook-python", "notebook-typescript", "elyra")
print(json.dumps({
    name: {to: topologies.load(f"topologies/{name}.topology").export(to) for to in formats} for name in names
}))
"""


@pytest.fixture
def work(user):
    folder = user.home / "work"
    shutil.copytree(ROOT / "examples" / "photos", folder / "photos")
    shutil.copytree(ROOT / "examples" / "topologies", folder / "topologies")
    return folder


def run(user, code: str) -> dict:
    done = user.run(sys.executable, "-c", code, timeout_s=150)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(180)
def test_examples_run_and_one_is_served_and_used_in_another(user, work):
    said = run(user, RUN)
    photos = sorted(each.name for each in (work / "photos").glob("*.jpg"))
    assert sorted(name for name, _, error in said["photos-to-table"] if not error) == photos
    table = (work / "topologies/results/photos.csv").read_text().splitlines()
    assert table[0] == "photo,label,probability,second"
    rows = dict(line.split(",", 1) for line in table[1:])
    assert sorted(rows) == photos and rows["cat.jpg"].startswith("Egyptian Mau,0.")
    votes = [json.loads(line) for line in (work / "topologies/results/votes.jsonl").read_text().splitlines()]
    assert {vote["origin"]: vote["value"] for vote in votes} == {"cat.jpg": "Egyptian Mau", "coffee.jpg": "espresso"}
    assert said["up_to"] == ["reply"] and len(said["files"]) == 3 * len(photos)
    assert said["one"][0]["label"] != "not sure" and said["one"][1]["label"] == "not sure"
    assert said["module"] == "mine/label-photo"
    assert said["called"] == said["one"][0] == said["outer"]
    status, answer = said["plain"]
    assert status == 200 and answer["predictions"] == said["called"]
    assert said["unsure"]["label"] == "not sure"
    assert "mine/label-photo → mine/outer → mine/label-photo" in said["loop"]
    assert said["twice"] == []
    assert said["late"] == {"photos/cat.jpg": False, "late/cat.jpg": True}
    assert said["in_time"] == {"photos/cat.jpg": False, "late/cat.jpg": False}
    assert "What failed is done again." in said["log"]


@pytest.mark.timeout(120)
def test_exports_say_the_same(user, work):
    said = run(user, EXPORTS)
    assert set(said) == {each.stem for each in EXAMPLES}
    for name, made in said.items():
        document = json.loads((work / f"topologies/{name}.topology").read_text())
        python = json.loads(made["notebook-python"]["content"])
        build = next(cell["source"] for cell in python["cells"] if cell["id"] == "build")
        names: dict = {}
        exec(build, names)
        again = names["t"].document()
        assert again["nodes"] == document["nodes"]
        assert sorted(map(json.dumps, again["edges"])) == sorted(map(json.dumps, document["edges"]))
        pipeline = json.loads(made["elyra"]["content"])
        nodes = pipeline["pipelines"][0]["nodes"]
        scripts = {each["filename"] for each in made["elyra"]["others"]}
        assert {each["app_data"]["component_parameters"]["filename"] for each in nodes} == scripts
        links = [link for each in nodes for link in each["inputs"][0].get("links", [])]
        assert len(links) == len({(e["from"]["node"], e["to"]["node"]) for e in document["edges"]})
        for script in made["elyra"]["others"]:
            compile(script["content"], script["filename"], "exec")
        assert all(each["cannotSay"] for each in made.values() if each["filename"].endswith((".ipynb", ".pipeline")))


ELYRA = next((ROOT / ".venv-elyra").glob("lib/python3.*/site-packages"), None)

IN_ELYRA = """
import json
from pathlib import Path
from elyra.pipeline.local.local_processor import LocalPipelineProcessor
from elyra.pipeline.parser import PipelineParser
from elyra.pipeline.pipeline_definition import PipelineDefinition
from jupyterlab_deep import topologies

made = topologies.load("topologies/vote-of-tiles.topology").export("elyra")
folder = Path("topologies").resolve()
for each in [made, *made["others"]]:
    (folder / each["filename"]).parent.mkdir(exist_ok=True)
    (folder / each["filename"]).write_text(each["content"])
file = folder / made["filename"]
problems = PipelineDefinition(pipeline_path=str(file)).validate()
pipeline = json.loads(file.read_text())
# As `elyra-pipeline run` does.
pipeline["pipelines"][0]["app_data"].update(name=file.stem, runtime="local", runtime_config="local", source=file.name)
parsed = PipelineParser(root_dir=str(folder)).parse(pipeline)
LocalPipelineProcessor(root_dir=str(folder)).process(parsed)
print(json.dumps({"problems": problems, "steps": [each.name for each in parsed.operations.values()]}))
"""


@pytest.mark.skipif(ELYRA is None, reason="there is no .venv-elyra (npm test makes it)")
@pytest.mark.timeout(180)
def test_an_exported_pipeline_is_opened_and_run_by_elyra(user, work):
    paths = [user.environment.get("PYTHONPATH", ""), str(ELYRA)]
    user.environment["PYTHONPATH"] = ":".join(filter(None, paths))
    said = run(user, IN_ELYRA)
    assert said["problems"] == [] and len(said["steps"]) == 6
    votes = (work / "topologies/results/votes.jsonl").read_text().splitlines()
    assert [json.loads(each)["value"] for each in votes] == ["Egyptian Mau", "espresso"]


BUILT = """
import { topologies } from '@jupyterlab-deep/kernel-helpers';
const t = topologies.build('Sure ones');
const photos = t.files('photos/*.jpg', { id: 'photos' });
const found = t.module('builtin/image-classifier', { image: photos, top_k: 1 }, { id: 'found' });
const sure = t.branch(found, 'probabilities[0] > 0.7');
t.csv(sure.out('yes'), 'sure.csv', { columns: { photo: '$origin.name', label: 'labels[0]' } });
t.reply(sure.out('no'), { id: 'doubtful' });
const problems = await t.validate();
const told: number[] = [];
const came: [string, string][] = [];
for await (const { node, origin } of t.run({ photos: 'photos/c*.jpg' }, { onProgress: ({ done }) => told.push(done) })) {
  came.push([node, origin.name]);
}
await t.save('sure.topology');
const again = await topologies.load('sure.topology').document();
console.log(JSON.stringify({ problems, came: came.sort(), told: told[told.length - 1], nodes: Object.keys(again.nodes).sort() }));
"""


@pytest.mark.timeout(150)
def test_a_typescript_cell_builds_runs_and_saves(user, work, monkeypatch):
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    manager = KernelManager(kernel_name="deep-typescript")
    manager.start_kernel(cwd=str(work))
    client = manager.client()
    client.start_channels()
    said: list[str] = []

    def take(message: dict) -> None:
        content = message["content"]
        said.append(content.get("text", "") if message["msg_type"] == "stream" else content.get("evalue", ""))

    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(BUILT, timeout=90, output_hook=take)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    result = json.loads(next(line for line in "".join(said).splitlines() if line.startswith("{")))
    assert [each for each in result["problems"] if each["severity"] == "error"] == []
    assert {name for _, name in result["came"]} == {"cat.jpg", "coffee.jpg"}
    assert {node for node, _ in result["came"]} <= {"csv", "doubtful"}
    assert result["told"] == 2
    assert result["nodes"] == ["branch", "csv", "doubtful", "found", "photos"]
    assert (work / "sure.csv").read_text().startswith("photo,label")
