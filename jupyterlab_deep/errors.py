"""Failures for people, in the shape of RFC 9457 problem documents (protocol/src/errors.ts)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PROBLEM_TYPE = "application/problem+json"
_PREFIX = "urn:jupyterlab-deep:"

#: Status and title by key, as in protocol/src/errors.ts: a test compares the two.
ERRORS: dict[str, tuple[int, str]] = {
    "invalid-request": (400, "The request is not valid"),
    "unauthorized": (403, "This request is not allowed"),
    "consent-needed": (403, "It needs your consent"),
    "environment-failed": (503, "Its environment could not be made"),
    "link-password": (403, "The link asks for a password"),
    "not-found": (404, "Not found"),
    "conflict": (409, "In the way of something else"),
    "too-large": (413, "Too large"),
    "unsupported-media-type": (415, "This type of content is not accepted"),
    "invalid-arguments": (422, "Some arguments are not valid"),
    "invalid-picture": (422, "This is not a picture that can be read"),
    "address-private": (422, "This address is not public"),
    "address-refused": (422, "This address cannot be used"),
    "module-broken": (422, "The module cannot be used"),
    "model-invalid": (422, "The model folder is not valid"),
    "topology-invalid": (422, "The topology is not valid"),
    "expression-failed": (422, "The expression gives no answer"),
    "topology-newer": (422, "The topology was written by a newer version"),
    "share-refused": (422, "What was shared is not as its author signed it"),
    "module-not-implemented": (501, "The module does not do this"),
    "module-disabled": (502, "The module has this switched off"),
    "module-failed": (502, "The module failed"),
    "module-unreachable": (503, "The module does not answer"),
    "module-start-failed": (503, "The module could not be started"),
    "target-unreachable": (503, "The place for deployments does not answer"),
    "target-refused": (502, "The place for deployments refused"),
    "account-needed": (424, "Somebody has to sign in first"),
    "account-refused": (502, "The sign-in was refused"),
    "account-unreachable": (503, "The sign-in service does not answer"),
    "service-unavailable": (503, "The service is not running"),
    "service-elsewhere": (503, "The service runs on another host"),
    "configuration-invalid": (503, "The administrator's settings are not valid"),
    "store-newer": (503, "The store was written by a newer version"),
    "storage-login": (424, "The cloud storage asks to be linked again"),
    "storage-refused": (502, "The cloud storage refused it"),
    "storage-unreachable": (503, "The cloud storage does not answer"),
    "storage-full": (507, "The cloud storage is full"),
    "no-space": (507, "No space left on the disk"),
    "cancelled": (499, "Cancelled"),
    "interrupted": (503, "Interrupted"),
    "timeout": (504, "It took too long"),
    "internal": (500, "An error inside jupyterlab-deep"),
}


class DeepError(Exception):
    """A failure in words: ``detail`` says what happened, ``hint`` what to do, ``technical`` the rest.

    ``type`` is stable (``urn:jupyterlab-deep:<key>``); ``fields`` maps arguments to what is wrong with them.
    """

    def __init__(
        self,
        key: str,
        detail: str,
        *,
        hint: str | None = None,
        fields: Mapping[str, list[str]] | None = None,
        technical: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{detail} {hint}" if hint else detail)
        self.key = key
        self.type = _PREFIX + key
        default_status, self.title = ERRORS[key]
        self.status = status or default_status
        self.detail = detail
        self.hint = hint
        self.fields = dict(fields or {})
        self.technical = technical

    def problem(self) -> dict[str, Any]:
        """The problem document, without what is empty."""
        keys = ("type", "title", "status", "detail", "hint", "fields", "technical")
        return {key: value for key in keys if (value := getattr(self, key))}

    @classmethod
    def from_problem(cls, problem: Mapping[str, Any]) -> DeepError:
        """The error that a problem document describes; an unknown ``type`` becomes ``internal``."""
        key = str(problem.get("type", "")).removeprefix(_PREFIX)
        known = key if key in ERRORS else "internal"
        detail = problem.get("detail") or problem.get("title") or ERRORS[known][1]
        optional = {name: problem.get(name) for name in ("hint", "fields", "technical")}
        return cls(known, str(detail), **optional)

    @classmethod
    def from_text(cls, text: str) -> DeepError | None:
        """The error in a text that is one of our problem documents; None when it is something else."""
        try:
            problem = json.loads(text)
        except ValueError:
            return None
        if not isinstance(problem, dict) or not str(problem.get("type", "")).startswith(_PREFIX):
            return None
        return cls.from_problem(problem)
