"""`jupyter deep doctor`, `reset` and `schema`."""

from __future__ import annotations

import argparse
import subprocess
import sys

from . import __version__
from .errors import DeepError


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except DeepError as error:
        print(f"{error.title}: {error}", file=sys.stderr)
        if error.technical:
            print(f"\n{error.technical}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jupyter deep", description="Looks after jupyterlab-deep.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    doctor = commands.add_parser("doctor", help="say what is wrong and how to mend it; exit code 1 when something is")
    doctor.add_argument("--json", action="store_true", help="one JSON object, for programs")
    doctor.set_defaults(run=_doctor)

    reset = commands.add_parser("reset", help="end the service and its modules, and begin with an empty store")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.add_argument("--delete", action="store_true", help="delete the store instead of moving it aside")
    reset.set_defaults(run=_reset)

    schema = commands.add_parser("schema", help="print the JSON Schema of the administrator's file, deep.json")
    schema.set_defaults(run=_schema)
    return parser


# Imported late: each command needs only its own.
def _doctor(options: argparse.Namespace) -> int:
    from .doctor import main as doctor

    return doctor(as_json=options.json)


def _reset(options: argparse.Namespace) -> int:
    from .reset import main as reset

    return reset(yes=options.yes, delete=options.delete)


def _schema(options: argparse.Namespace) -> int:
    from . import paths

    return subprocess.run([paths.node(), paths.program("service.mjs"), "admin-schema"]).returncode


if __name__ == "__main__":
    sys.exit(main())
