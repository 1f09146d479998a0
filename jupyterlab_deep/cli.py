"""`jupyter deep doctor`, `reset`, `schema`, `serve-model` and `check`."""

from __future__ import annotations

import argparse
import os
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

    serve = commands.add_parser("serve-model", help="serve a model folder with DEEPaaS v2 until Ctrl+C")
    serve.add_argument("folder", metavar="DIR", help="model folder, with its module.json")
    serve.add_argument("--name", help="name in the API's paths; that of module.json when left out")
    serve.add_argument("--port", type=int, default=5000, help="port on 127.0.0.1 (default: %(default)s)")
    serve.set_defaults(run=_serve_model)

    check = commands.add_parser("check", help="check a server by the rules of DEEPaaS v2; exit code 1 when one is broken")
    check.add_argument("url", metavar="URL", help="address of the server (http://host:5000), or the id of a deployment")
    check.add_argument("--model", help="its name, where the server has several")
    check.add_argument("--all", action="store_true", help="say of every rule what was sent and answered")
    check.add_argument("--json", action="store_true", help="the report as one JSON object, for programs")
    check.set_defaults(run=_check)
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


def _serve_model(options: argparse.Namespace) -> int:
    from . import paths

    node, program = paths.node(), paths.program("module-runtime.mjs")
    name = [f"--name={options.name}"] if options.name else []
    # In place of this process: signals of a terminal or a supervisor reach the module itself.
    os.execv(node, [str(node), str(program), f"--model={options.folder}", *name, f"--port={options.port}"])


def _check(options: argparse.Namespace) -> int:
    import json

    from .checking import check

    report = check(options.url, model=options.model)
    lines = [json.dumps(report)] if options.json else [*report.lines(everything=options.all), "", repr(report)]
    print("\n".join(lines))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
