"""Reads a notebook for a new module: what its marked cells take and need. Nothing of it is run.

Usage: python -I -c TEXT NOTEBOOK; prints one JSON object.
"""

import ast
import builtins
import io
import json
import re
import symtable
import sys
import tokenize
from importlib.metadata import packages_distributions
from pathlib import Path

MARKS = ("predict", "train")
WHOLE = {"imports", "import", "helper", "helpers"}
FILE_NAMES = re.compile(r"^(image|picture|photo|img|audio|sound|video|table|csv|file|filename|path)$|_(file|path|image|csv)$")
FILE_TEXT = re.compile(r"^[^\n]{1,300}\.[A-Za-z0-9]{2,5}$")
#: Methods by which notebooks look at things.
LOOKS = {"head", "tail", "describe", "info", "plot", "show", "summary", "sample"}
#: Distributions that are not called as what is imported.
DISTRIBUTIONS = {
    "cv2": "opencv-python-headless", "PIL": "pillow", "sklearn": "scikit-learn", "skimage": "scikit-image", "yaml": "pyyaml",
    "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "Bio": "biopython", "osgeo": "gdal", "serial": "pyserial",
}
KINDS = {bool: "boolean", int: "integer", float: "number", str: "text", list: "list", tuple: "list"}
ANNOTATIONS = {"bool": "boolean", "int": "integer", "float": "number", "str": "text", "list": "list", "Path": "file"}
LARGEST = 200_000_000
IMPORTS = (ast.Import, ast.ImportFrom)


class Cell:
    """A code cell, parsed where it can be."""

    def __init__(self, number, raw):
        self.number = number
        self.tags = set(raw.get("metadata", {}).get("tags", []))
        source = raw.get("source", "")
        self.source = "".join(source) if isinstance(source, list) else source
        self.error = None
        self.magic = self.source.lstrip().startswith("%%")
        self.body = [] if self.magic else self._parse()

    def _parse(self):
        for source in (self.source, without_magics(self.source)):
            try:
                body = ast.parse(source).body
            except (SyntaxError, ValueError) as error:
                self.error = f"line {getattr(error, 'lineno', '?')}: {getattr(error, 'msg', error)}"
            else:
                self.source, self.error = source, None
                return body
        return []


def without_magics(source):
    """Lines of IPython as comments."""
    lines = (re.sub(r"^(\s*)([%!?].*|.*\?)$", r"\1pass  # \2", line) for line in source.split("\n"))
    return "\n".join(lines)


class Statement:
    """A statement at the top of a cell: what it binds and uses."""

    def __init__(self, cell, node):
        self.cell = cell
        self.node = node
        self.binds, self.uses = names_of(node)
        self.root = root_of(node)


def names_of(node):
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    binds = {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported() or each.is_namespace()}
    uses = {each.get_name() for each in table.get_symbols() if each.is_referenced()}
    uses |= {each.target.id for each in ast.walk(node) if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name)}
    for child in table.get_children():
        uses |= globals_in(child)
    return binds, uses


def globals_in(table):
    found = {each.get_name() for each in table.get_symbols() if each.is_global() and each.is_referenced()}
    for child in table.get_children():
        found |= globals_in(child)
    return found


def root_of(node):
    """Name of what a statement changes without binding it: `model` of `model.eval()` and of `model[0] = 1`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return None if node.value.func.attr in LOOKS else innermost(node.value.func)
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name):
        return innermost(node.targets[0])
    return None


def innermost(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def free_in(nodes):
    """Names that are used before these statements bind them."""
    bound, free = set(), set()
    everything = set().union(*(names_of(node)[0] for node in nodes)) if nodes else set()
    for node in nodes:
        binds, uses = names_of(node)
        is_definition = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        free |= uses - bound - (everything if is_definition else set())
        bound |= binds
    return free - set(dir(builtins)) - {"__file__", "__name__"}


def literal(node):
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return NOTHING


NOTHING = object()


class Marked:
    """The cells of one mark as a function."""

    def __init__(self, mark, cells, reading):
        self.mark = mark
        self.reading = reading
        self.source = "\n\n".join(cell.source for cell in cells)
        self.number = cells[0].number
        self.last = cells[-1].number
        self.nodes = ast.parse(self.source).body
        self.function = self._function()
        self.helpers = []
        if self.function:
            self.helpers = [node for node in self.nodes if node is not self.function and is_definition(node)]
        self.free = free_in([*self.helpers, self.function] if self.function else self.nodes)

    def _function(self):
        found = [node for node in self.nodes if isinstance(node, ast.FunctionDef)]
        named = [node for node in found if node.name == self.mark]
        others = [node for node in self.nodes if not is_definition(node)]
        called = {found[0].name} if len(found) == 1 else set()
        is_alone = len(found) == 1 and all(is_call_of(node, called) for node in others)
        return named[0] if named else found[0] if is_alone else None

    def arguments(self, parameters):
        if not self.function:
            return [self._argument(name, parameters[name], None) for name in parameters if name in self.free]
        given = self.function.args
        names = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        plain = [*given.posonlyargs, *given.args]
        defaults = [NOTHING] * (len(plain) - len(given.defaults)) + [literal(each) for each in given.defaults]
        defaults += [NOTHING if each is None else literal(each) for each in given.kw_defaults]
        return [self._argument(each.arg, default, each.annotation) for each, default in zip(names, defaults)]

    def _argument(self, name, default, annotation):
        kind = ANNOTATIONS.get(ast.unparse(annotation).split(".")[-1].split("[")[0]) if annotation else None
        may_be_file = self.mark == "predict" and kind in (None, "text", "file") and isinstance(default, (str, type(None), object))
        is_text = isinstance(default, str)
        looks = bool(FILE_NAMES.search(name)) and (default is NOTHING or default is None or (is_text and FILE_TEXT.match(default)))
        beside = is_text and bool(FILE_TEXT.match(default)) and self.reading.beside(default) is not None
        if may_be_file and (kind == "file" or looks or beside):
            example = default if is_text and self.reading.beside(default) else None
            return {"name": name, "type": "file", "isRequired": default is not None, **({"example": example} if example else {})}
        kind = "text" if kind == "file" else kind or KINDS.get(type(default), "text")
        if default is NOTHING or default is None:
            return {"name": name, "type": kind, "isRequired": default is NOTHING}
        return {"name": name, "type": kind, "default": default, "isRequired": False}

    def code(self, arguments):
        if self.function:
            parts = [segment(self.source, node) for node in [*self.helpers, self.function]]
            if self.function.name != self.mark:
                parts.append(f"{self.mark} = {self.function.name}")
            return "\n\n\n".join(parts)
        head = ", ".join(signature(each) for each in sorted(arguments, key=lambda each: "default" in each))
        return f"def {self.mark}({head}):\n{self._indented()}"

    def value(self):
        """What the cells give: the last expression; None where they give nothing."""
        last = self.nodes[-1] if self.nodes else None
        if isinstance(last, ast.Expr):
            call = last.value
            shows = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("print", "display")
            return call.args[0] if shows and len(call.args) == 1 else None if shows else call
        if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
            return last.targets[0]
        return None

    def _indented(self):
        last = self.nodes[-1]
        result = f"return {segment(self.source, self.value())}"
        is_apart = last.col_offset == 0 and "\n".join(self.source.split("\n")[last.lineno - 1 :]).strip()
        if not is_apart or (last.lineno > 1 and len(self.nodes) > 1 and self.nodes[-2].end_lineno >= last.lineno):
            kept = [ast.unparse(node) for node in (self.nodes if isinstance(last, ast.Assign) else self.nodes[:-1])]
            return indent("\n".join([*kept, f"return {ast.unparse(self.value())}"]))
        lines = self.source.split("\n")
        end = last.end_lineno if isinstance(last, ast.Assign) else last.lineno - 1
        return indent("\n".join([*lines[:end], result]))


def is_definition(node):
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))


def is_call_of(node, names):
    """A trial of the function, such as `predict("a.jpg")` or `result = predict("a.jpg")`."""
    value = getattr(node, "value", None)
    return isinstance(node, (ast.Expr, ast.Assign)) and any(
        isinstance(each, ast.Name) and each.id in names for each in ast.walk(value) if value is not None
    )


def signature(argument):
    return f"{argument['name']}={argument['default']!r}" if "default" in argument else argument["name"]


def segment(source, node):
    """The text of a statement with its decorators and the comments right above it."""
    if not isinstance(node, ast.stmt):
        return ast.get_source_segment(source, node)
    lines = source.split("\n")
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) - 1
    if node.col_offset or (node.end_lineno <= len(lines) and ";" in lines[node.end_lineno - 1]):
        return ast.unparse(node)
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


def laid_out(statements):
    """Their text, with empty lines around functions and classes and after imports."""
    text, before = "", None
    for each in statements:
        kinds = {type(each.node), type(before)}
        if before is not None:
            is_apart = kinds & {ast.FunctionDef, ast.ClassDef}
            is_after_imports = isinstance(before, IMPORTS) and not isinstance(each.node, IMPORTS)
            text += "\n\n\n" if is_apart else "\n\n" if is_after_imports else "\n"
        text += segment(each.cell.source, each.node)
        before = each.node
    return text


def indent(source):
    """Four spaces before each line but those inside of strings."""
    inside, opened = set(), []
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif name == "FSTRING_START":
            opened.append(token.start[0])
        elif name == "FSTRING_END":
            inside.update(range(opened.pop() + 1, token.end[0] + 1))
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}" for number, line in enumerate(source.split("\n"), start=1)
    )


class Reading:
    """A notebook, and what of it goes into a module."""

    def __init__(self, file):
        self.file = Path(file)
        self.problems, self.notes, self.taken = [], [], {}
        self.cells = []

    def read(self):
        try:
            notebook = json.loads(self.file.read_text("utf-8"))
            cells = [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]
        except (ValueError, KeyError, TypeError, AttributeError):
            self.problems.append(f"{self.file.name} is no notebook of format 4.")
            return self.said()
        if not self.is_python(notebook):
            self.problems.append("Its cells are not Python, which DEEPaaS modules are written in.")
            return self.said()
        self.cells = [Cell(number, cell) for number, cell in enumerate(cells, start=1)]
        marked = {mark: self.marked(mark) for mark in MARKS}
        if not marked["predict"] and not self.problems:
            self.problems.append(
                "No cell is marked “predict”. Select the cell that predicts, and mark it: “Mark as predict” of its context menu "
                "gives it the tag predict. A cell with the tag train becomes the training, one with parameters the arguments."
            )
        if self.problems:
            return self.said()
        return self.made({mark: each for mark, each in marked.items() if each})

    def is_python(self, notebook):
        metadata = notebook.get("metadata", {})
        kernel = metadata.get("kernelspec", {})
        language = metadata.get("language_info", {}).get("name") or kernel.get("language") or kernel.get("name") or "python"
        return "python" in str(language).lower()

    def marked(self, mark):
        cells = [cell for cell in self.cells if mark in cell.tags]
        for cell in cells:
            if cell.magic or cell.error:
                why = "it is not Python (%%)" if cell.magic else cell.error
                self.problems.append(f"Code cell {cell.number}, which is marked “{mark}”, cannot be read: {why}.")
        if not cells or self.problems:
            return None
        found = Marked(mark, cells, self)
        if any(isinstance(each, ast.Await) for node in found.nodes for each in ast.walk(node)) and not found.function:
            self.problems.append(f"Code cell {found.number}, which is marked “{mark}”, uses await: put it into a function without it.")
        elif not found.function and found.value() is None:
            self.problems.append(
                f"Code cell {found.number}, which is marked “{mark}”, ends without a value. "
                "Let its last line be what it answers, or write a function with a return."
            )
        return found

    def made(self, marked):
        parameters = self.parameters()
        functions = {mark: each.arguments(parameters) for mark, each in marked.items()}
        needed = set()
        for mark, each in marked.items():
            needed |= each.free - {argument["name"] for argument in functions[mark]}
        statements = self.provided(needed, min(each.last for each in marked.values()), parameters)
        if self.problems:
            return self.said(functions)
        # Notebooks show values; a module has nobody to show them to.
        shown = "def display(*_values, **_options):\n    pass" if "display" in needed else ""
        code = [each.code(functions[mark]) for mark, each in marked.items()]
        nodes = [each.node for each in statements] + [node for each in marked.values() for node in each.nodes]
        return {
            **self.said(functions),
            "code": "\n\n\n".join(filter(None, [shown, laid_out(statements), *code])) + "\n",
            "requirements": self.requirements(nodes),
            "modules": self.local_modules(nodes),
            "files": self.files_in(nodes, functions),
        }

    def parameters(self):
        """Names with values in cells with the tag `parameters`."""
        found = {}
        for cell in self.cells:
            for node in cell.body if "parameters" in cell.tags else []:
                target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
                value = literal(node.value) if getattr(node, "value", None) is not None else NOTHING
                if isinstance(target, ast.Name) and value is not NOTHING:
                    found[target.id] = value
        return found

    def provided(self, needed, before, parameters):
        """The statements that what is needed comes from, in the order of the notebook."""
        offered = [
            Statement(cell, node)
            for cell in self.cells
            if not cell.tags & {*MARKS, "skip"} and not cell.magic
            for node in cell.body
        ]
        taken = [each for each in offered if each.cell.tags & WHOLE]
        for each in taken:
            self.note_taken(each, "its cell is tagged")
        waiting = [*needed, *(name for each in taken for name in each.uses)]
        known = set(dir(builtins)) | {"display", "__file__", "__name__"}
        while waiting:
            name = waiting.pop()
            if name in known:
                continue
            known.add(name)
            found = [each for each in offered if name in each.binds or (name == each.root and each.cell.number <= before)]
            if not found and name in needed:
                self.problems.append(f"“{name}” is used by the marked cells, and no cell says what it is. {self.advice(name)}")
            for each in found:
                if each not in taken:
                    taken.append(each)
                    self.note_taken(each, f"{name} is needed")
                    waiting.extend(each.uses)
        for cell in self.cells:
            if cell.error and not cell.tags & set(MARKS):
                self.notes.append(f"Code cell {cell.number} was left out: {cell.error}.")
        return sorted(taken, key=lambda each: (each.cell.number, each.node.lineno))

    def advice(self, name):
        return f"Give it a value in a cell with the tag parameters: then it becomes an argument, such as {name} = …"

    def note_taken(self, statement, why):
        text = segment(statement.cell.source, statement.node)
        code = next((line for line in text.split("\n") if not line.startswith("#")), text)
        self.taken[(statement.cell.number, statement.node.lineno)] = {"cell": statement.cell.number, "why": why, "code": code[:200]}
        if re.search(r"\.fit\w*\(", code):
            self.notes.append(
                f"Code cell {statement.cell.number}: “{code.strip()[:80]}” would learn anew at each start. "
                "Save what was learnt into a file, and load that in a cell."
            )

    def imports(self, nodes):
        found = set()
        for node in nodes:
            for each in ast.walk(node):
                if isinstance(each, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in each.names}
                elif isinstance(each, ast.ImportFrom) and not each.level and each.module:
                    found.add(each.module.split(".")[0])
        return found - set(sys.stdlib_module_names)

    def local_modules(self, nodes):
        here = self.file.parent
        found = self.imports(nodes)
        for name in sorted(found):
            if (here / name).is_dir() and not (here / f"{name}.py").exists():
                self.notes.append(f"It imports {name}, a folder beside the notebook: copy it into the project.")
        return sorted(name for name in found if (here / f"{name}.py").is_file())

    def requirements(self, nodes):
        here, installed = self.file.parent, packages_distributions()
        names = set()
        for name in self.imports(nodes):
            if not (here / f"{name}.py").exists() and not (here / name).is_dir():
                names.add(DISTRIBUTIONS.get(name) or installed.get(name, [name])[0])
        return sorted(names, key=str.lower)

    def beside(self, text):
        """A file below the notebook's folder by its relative path; None where there is none."""
        path = Path(text)
        try:
            file = (self.file.parent / path).resolve()
            is_inside = not path.is_absolute() and file.is_relative_to(self.file.parent.resolve())
            return file if is_inside and file.is_file() else None
        except (OSError, ValueError):
            return None

    def files_in(self, nodes, functions):
        examples = {each.get("example") for arguments in functions.values() for each in arguments}
        found = set()
        for node in nodes:
            for each in ast.walk(node):
                text = each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else ""
                file = self.beside(text) if 0 < len(text) < 300 and text not in examples else None
                if file and file.stat().st_size > LARGEST:
                    self.notes.append(f"{text} is too large to be copied: put it into the project yourself.")
                elif file and file != self.file.resolve():
                    found.add(str(file.relative_to(self.file.parent.resolve())))
        return sorted(found)

    def said(self, functions=None):
        return {
            **(functions or {}),
            "taken": [self.taken[place] for place in sorted(self.taken)],
            "requirements": [],
            "files": [],
            "modules": [],
            "problems": self.problems,
            "notes": self.notes,
        }


print(json.dumps(Reading(sys.argv[1]).read()))
