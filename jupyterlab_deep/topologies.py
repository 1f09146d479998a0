"""Topologies from Python notebooks: modules that are composed to one, by the standard library alone.

    from jupyterlab_deep import topologies

    t = topologies.build("Survey")
    found = t.module("builtin/image-classifier", {"image": t.files("photos/*.jpg"), "top_k": 3})
    t.csv(found, "survey.csv")
    for out in t.run():
        print(out.origin["name"], out.value)

`topologies.load("survey.topology")` reads what the editor drew. A run outlives the kernel: `topologies.open(run.id)` finds it again.
Failures are `DeepError`s in words.
"""

from __future__ import annotations

import builtins
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .calls import call_service, read_file
from .errors import DeepError
from .run_handle import ItemsRun, find_run_of

__all__ = ["Out", "Output", "Step", "Topology", "TopologyBuilder", "TopologyRun", "build", "load", "open"]


def load(file: str | os.PathLike[str]) -> Topology:
    """A `*.topology` file, relative to the notebook; it is read when something is done with it."""
    return Topology(file)


def build(title: str, description: str = "") -> TopologyBuilder:
    """A new one, node by node."""
    return TopologyBuilder(title, description)


def open(run: str) -> TopologyRun:
    """A run by its id, such as after a restart of the kernel."""
    return TopologyRun(find_run_of("topology", run, "run of a topology"))


class _Runnable:
    """A topology that can be checked, run, exported and served."""

    def document(self) -> dict[str, Any]:
        """The document, as the file has it."""
        raise NotImplementedError

    @property
    def _where(self) -> str:
        raise NotImplementedError

    def validate(self) -> builtins.list[dict[str, Any]]:
        """What keeps it from running, and what its author should know: dicts with `severity`, `node`, `reason`, `remedy`."""
        return call_service("POST", "/topologies/check", body=self._body())["problems"]

    def submit(
        self,
        inputs: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        use_cache: bool | None = None,
        up_to: str | None = None,
        consents: Mapping[str, str | Mapping[str, Any]] | None = None,
    ) -> TopologyRun:
        """Hands it to the service, which carries it out also after this kernel.

        `inputs` stands instead of what the sources say: by node a glob, dataset or table relative to the notebook; by input of
        a request its value; or a list of such requests, an item each. With `up_to` only that node and what it needs is run, and
        what it gives comes out. `consents` are commits, versions or digests of code that
        you looked at and agree to run, by module id.
        """
        body = self._body()
        nodes = body["document"]["nodes"]
        if inputs is None or isinstance(inputs, Mapping):
            body["inputs"] = _absolute(inputs or {}, nodes)
        else:
            body["items"] = [_absolute(item, nodes) for item in inputs]
        if use_cache is not None:
            body["useCache"] = use_cache
        if up_to is not None:
            body["upTo"] = up_to
        if consents:
            body["consents"] = {
                module: {"commit": agreed} if isinstance(agreed, str) else dict(agreed)
                for module, agreed in consents.items()
            }
        # The connection asks again when an answer was lost.
        body["requestId"] = uuid.uuid4().hex
        return TopologyRun(call_service("POST", "/topologies/runs", body=body))

    def run(
        self,
        inputs: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        on_progress: Callable[[dict[str, Any]], None] | None = None,
        **options: Any,
    ) -> Iterator[Out]:
        """Runs it, and gives what comes out as it comes: what reaches a sink, and each item that failed, with its `error`.

        Leaving the loop early cancels the run. Options are those of `submit`.
        """
        run = self.submit(inputs, **options)
        is_over = False
        try:
            yield from run.results(on_progress=on_progress)
            is_over = True
        finally:
            if not is_over:
                run.leave()
        run.refuse_failed()

    def export(self, to: str) -> dict[str, Any]:
        """The same in another format (`notebook-typescript`, `notebook-python`, `elyra`, `tosca`): `filename`, `content`, and in
        `cannotSay` what that has no words for. Nothing is written."""
        return call_service("POST", "/topologies/exports", body={**self._body(), "to": to})

    def serve(self, name: str, *, replace: bool = False) -> str:
        """Makes a module of it, which is among *My modules*; its id, for `client.open`."""
        body = {**self._body(), "name": name, "replace": replace}
        return call_service("POST", "/topologies/served", body=body)["module"]

    def _body(self) -> dict[str, Any]:
        return {"document": self.document(), "path": self._where}


class Topology(_Runnable):
    """A topology in a file. It is read anew whenever something is done with it."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(file)

    def document(self) -> dict[str, Any]:
        try:
            text = Path(self.path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DeepError("not-found", f"{self.path} cannot be read.", technical=str(error)) from error
        try:
            found = json.loads(text)
        except ValueError as error:
            raise DeepError("topology-invalid", f"{self.path} is no JSON: {error}.") from error
        if not isinstance(found, dict) or not isinstance(found.get("nodes"), dict):
            raise DeepError("topology-invalid", f"{self.path} is no topology: it has no nodes.")
        return found

    @property
    def _where(self) -> str:
        return self.path


@dataclass(frozen=True)
class Output:
    """What comes out of a node at one of its ports."""

    node: str
    port: str


@dataclass(frozen=True)
class Step(Output):
    """A node that was added: stands for its first output where one is wanted."""

    def out(self, port: str) -> Output:
        """Another of its outputs: `yes` and `no` of a branch, `row` of a table, `box` of a crop, an input of a request."""
        return Output(self.node, port)


_From = Output | Sequence[Output]


@dataclass
class TopologyBuilder(_Runnable):
    """Writes in cells the document that the editor draws. Each method adds a node; `id` is what expressions name it by."""

    title: str
    description: str = ""
    _nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _edges: builtins.list[dict[str, Any]] = field(default_factory=builtins.list)

    def files(self, pattern: str, *, id: str | None = None, title: str | None = None) -> Step:
        """A file, a folder, or a glob, relative to the notebook. Gives `file`."""
        return self._add("files", "file", id, title, pattern=pattern)

    def dataset(
        self, dataset: str, *, pattern: str | None = None, id: str | None = None, title: str | None = None
    ) -> Step:
        """Files of a dataset, named as `storage.dataset` names it. Gives `file`."""
        return self._add("dataset", "file", id, title, dataset=dataset, pattern=pattern)

    def csv_column(
        self, file: str, column: str, *, is_file: bool | None = None, id: str | None = None, title: str | None = None
    ) -> Step:
        """A row of a table at a time: `value` of the column, or `file` with `is_file`; and the whole `row`."""
        port = "file" if is_file else "value"
        return self._add("csv-column", port, id, title, file=file, column=column, isFile=is_file)

    def request(
        self, inputs: Mapping[str, Mapping[str, Any]], *, id: str | None = None, title: str | None = None
    ) -> Step:
        """What a caller gives; an output for each input, such as `t.request({"image": {"type": …}}).out("image")`."""
        return self._add("request", "", id, title, inputs=dict(inputs))

    def module(
        self,
        module: str,
        given: Mapping[str, Any],
        *,
        accept: str | None = None,
        concurrency: int | None = None,
        id: str | None = None,
        title: str | None = None,
    ) -> Step:
        """A module, or `deployment:<id>` of one that runs. `given` are arguments of its predict: values, the same for every
        item, and outputs of other nodes. Gives `answer`."""
        values = {name: value for name, value in given.items() if not isinstance(value, Output)}
        step = self._add(
            "module",
            "answer",
            id,
            title,
            called=module.split("/")[-1],
            module=module,
            arguments=values,
            accept=accept,
            concurrency=concurrency,
        )
        for name, value in given.items():
            if isinstance(value, Output):
                self._connect(value, step, name)
        return step

    def transform(self, value: Output, expression: str, *, id: str | None = None, title: str | None = None) -> Step:
        """JSONata makes of each value another one."""
        return self._connect(value, self._add("transform", "value", id, title, expression=expression), "value")

    def filter(self, value: Output, condition: str, *, id: str | None = None, title: str | None = None) -> Step:
        """Gives on what the condition, in JSONata, is true of."""
        return self._connect(value, self._add("filter", "out", id, title, condition=condition), "in")

    def crop(
        self,
        picture: Output,
        answer: Output,
        *,
        boxes: str | None = None,
        margin: float | None = None,
        most: int | None = None,
        id: str | None = None,
        title: str | None = None,
    ) -> Step:
        """An item for each box in an answer: `picture`, and its `box`."""
        step = self._add("crop", "picture", id, title, boxes=boxes, margin=margin, most=most)
        self._connect(picture, step, "picture")
        return self._connect(answer, step, "boxes")

    def resize(
        self,
        picture: Output,
        *,
        width: int,
        height: int,
        manner: str = "contain",
        id: str | None = None,
        title: str | None = None,
    ) -> Step:
        """Pictures of one size, pixels; `manner` is `contain`, `cover` or `stretch`."""
        step = self._add("resize", "picture", id, title, width=width, height=height, manner=manner)
        return self._connect(picture, step, "picture")

    def branch(self, value: Output, condition: str, *, id: str | None = None, title: str | None = None) -> Step:
        """Gives each item on at `out("yes")` or at `out("no")`."""
        return self._connect(value, self._add("branch", "yes", id, title, condition=condition), "in")

    def merge(
        self,
        values: _From,
        manner: str,
        *,
        of: str | None = None,
        by: str | None = None,
        id: str | None = None,
        title: str | None = None,
    ) -> Step:
        """Brings together (`vote`, `mean`, `key`, `list`) what came of one item by several ways, or what has the same `by`."""
        return self._connect(values, self._add("merge", "value", id, title, manner=manner, of=of, by=by), "in")

    def folder(
        self, values: _From, folder: str, *, name: str | None = None, id: str | None = None, title: str | None = None
    ) -> Step:
        """Writes a file for each item."""
        return self._connect(values, self._add("folder", "", id, title, folder=folder, name=name), "in")

    def csv(
        self,
        values: _From,
        file: str,
        *,
        columns: Mapping[str, str] | None = None,
        id: str | None = None,
        title: str | None = None,
    ) -> Step:
        """Writes a row for each item."""
        return self._connect(values, self._add("csv", "", id, title, file=file, columns=columns), "in")

    def json_lines(self, values: _From, file: str, *, id: str | None = None, title: str | None = None) -> Step:
        """Writes a line of JSON for each item."""
        return self._connect(values, self._add("json-lines", "", id, title, file=file), "in")

    def reply(self, values: _From, *, id: str | None = None, title: str | None = None) -> Step:
        """What the caller, or the loop over `run()`, gets."""
        return self._connect(values, self._add("reply", "", id, title), "in")

    def document(self) -> dict[str, Any]:
        """As it is by now."""
        return {
            "format": "jupyterlab-deep-topology",
            "version": 1,
            "title": self.title,
            "description": self.description,
            "nodes": self._nodes,
            "edges": self._edges,
            "layout": {},
        }

    def save(self, file: str | os.PathLike[str], *, replace: bool = False) -> None:
        """Writes it into a `*.topology` file, which the editor opens; a file that exists is kept unless `replace`."""
        text = json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n"
        with builtins.open(file, "w" if replace else "x", encoding="utf-8") as stream:
            stream.write(text)

    @property
    def _where(self) -> str:
        # Relative paths are relative to the notebook.
        return os.path.abspath("unsaved.topology")

    def _add(
        self, kind: str, port: str, id: str | None, title: str | None, *, called: str | None = None, **settings: Any
    ) -> Step:
        name = id or self._free_id(called or kind)
        if name in self._nodes:
            raise ValueError(f"There is a node “{name}” already.")
        node = {"kind": kind, "title": title, **settings}
        self._nodes[name] = {key: value for key, value in node.items() if value is not None}
        return Step(name, port)

    def _connect(self, values: _From, step: Step, port: str) -> Step:
        for value in [values] if isinstance(values, Output) else values:
            ends = {"from": {"node": value.node, "port": value.port}, "to": {"node": step.node, "port": port}}
            self._edges.append(ends)
        return step

    def _free_id(self, called: str) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", called.lower())
        name = re.sub(r"^[^a-z]+|-+$", "", words)[:50] or "node"
        found, count = name, 1
        while found in self._nodes:
            count += 1
            found = f"{name}-{count}"
        return found


@dataclass(frozen=True)
class Out:
    """Something that came out of a topology, or an item that failed in it."""

    #: The sink that it reached, or the node where it failed.
    node: str
    #: What of the source it came from: `name` and `index`.
    origin: dict[str, Any]
    value: Any = None
    #: Name of the file that came out; `read` gives its bytes.
    file: str | None = None
    error: DeepError | None = None
    _content: str = field(default="", repr=False)

    def read(self) -> bytes:
        """The file, or the value as JSON."""
        return read_file(self._content)


class TopologyRun(ItemsRun):
    """A topology that the service carries out: it outlives this kernel, and the service too."""

    @property
    def progress(self) -> dict[str, Any]:
        """`done` of `total`, and `nodes` with the counts of each."""
        found = self._run.get("progress") or {}
        nodes = self._run["topology"]["nodes"]
        return {"done": found.get("done", 0), "total": found.get("total", 0), "nodes": nodes}

    @property
    def outputs(self) -> dict[str, str]:
        """Absolute paths of what its sinks write, by node."""
        return {each["node"]: each["path"] for each in self._run["topology"]["outputs"]}

    def results(self, *, on_progress: Callable[[dict[str, Any]], None] | None = None) -> Iterator[Out]:
        """What comes out, as it comes; ends with the run, or when it rests."""
        for item in self._items(
            f"/topologies{self._path}/items", "id", lambda: on_progress and on_progress(self.progress)
        ):
            yield self._out_of(item)

    def _out_of(self, item: dict[str, Any]) -> Out:
        content = f"/topologies{self._path}/items/{item['id']}/content"
        value = item.get("value")
        error = item.get("error")
        return Out(
            node=item["node"],
            origin=item["origin"],
            value=json.loads(read_file(content)) if item.get("isCut") else value,
            file=item["file"]["name"] if "file" in item else None,
            error=DeepError.from_problem(error) if error else None,
            _content=content,
        )

    def __repr__(self) -> str:
        return f"TopologyRun({self.id!r}, {self.state}: {self.progress['done']} of {self.progress['total']})"


def _absolute(inputs: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Paths in cells are relative to the notebook, whatever those in the document are relative to."""
    files = {
        name
        for node in nodes.values()
        if node.get("kind") == "request"
        for name, about in node["inputs"].items()
        if about["type"]["kind"] == "file"
    }
    by_path = {name for name, node in nodes.items() if node.get("kind") in ("files", "csv-column")}
    return {
        name: os.path.abspath(value) if name in files | by_path and isinstance(value, str | os.PathLike) else value
        for name, value in inputs.items()
    }
