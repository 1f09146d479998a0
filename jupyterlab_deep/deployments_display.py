"""How deployments, targets and plans look in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .storage_display import ShownList, table_bundle


def deployments_bundle(deployments: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Deployments as the service tells them, a row each."""
    rows = [
        [
            each["title"],
            each["id"],
            each["module"],
            each.get("targetId", each["target"]),
            each["state"],
            each.get("resources"),
            each.get("error") or each["phase"],
        ]
        for each in deployments
    ]
    head = ["deployment", "id", "module", "target", "state", "has", "says"]
    return table_bundle(head, rows, "" if rows else "Nothing runs, and nothing has run.")


def jobs_bundle(jobs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Batch jobs as the service tells them, a row each."""
    rows = [
        [
            each["title"],
            each["id"],
            each["job"]["target"],
            each["state"],
            each["job"].get("resources"),
            each.get("error", {}).get("detail") or each["phase"],
        ]
        for each in jobs
    ]
    head = ["job", "id", "target", "state", "has", "says"]
    return table_bundle(head, rows, "" if rows else "There is no batch job, and there was none.")


class Jobs(ShownList):
    """Batch jobs."""

    def _bundle(self) -> dict[str, str]:
        return jobs_bundle(each.about for each in self)


class Deployments(ShownList):
    """Handles of deployments."""

    def _bundle(self) -> dict[str, str]:
        return deployments_bundle(each.about for each in self)


class Targets(ShownList):
    """Places where modules can run, as dicts."""

    def _bundle(self) -> dict[str, str]:
        rows = [
            [
                each["id"],
                each["title"],
                each["state"],
                each.get("used"),
                each.get("account"),
                " ".join(filter(None, [each["said"], each.get("hint")])),
            ]
            for each in self
        ]
        return table_bundle(["id", "title", "state", "used", "account", "says"], rows, "")


class Plan(dict):
    """What would happen: a dict that shows itself as a table of what can be chosen."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        rows = _option_rows(_usual_properties(self["options"]))
        caption = f"{self['module']} at {self['target']}: {self._words()}"
        return table_bundle(["option", "type", "default", "meaning"], rows, caption)

    def _words(self) -> str:
        if not self["isPossible"]:
            return f"It cannot run there. {self.get('reason', '')}".strip()
        cost = [f"Cost: {self['cost']}"] if self.get("cost") else []
        return " ".join([*self["says"], *self["warnings"], *cost])

    def __repr__(self) -> str:
        return self._repr_mimebundle_()["text/plain"]


def _usual_properties(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for as long as nothing else is chosen than what is usual."""
    properties = dict(options.get("properties", {}))
    for name, dependency in options.get("dependencies", {}).items():
        usual = properties.get(name, {}).get("default")
        for branch in dependency.get("oneOf", []):
            found = branch.get("properties", {})
            if usual in found.get(name, {}).get("enum", []):
                properties.update({key: each for key, each in found.items() if key != name})
    return properties


def _option_rows(properties: Mapping[str, Any], group: str = "") -> list[list[Any]]:
    rows: list[list[Any]] = []
    for name, schema in properties.items():
        if "properties" in schema:
            rows += _option_rows(schema["properties"], f"{group}{name}.")
        else:
            meaning = schema.get("description") or schema.get("title")
            rows.append([f"{group}{name}", schema.get("type"), schema.get("default"), meaning])
    return rows
