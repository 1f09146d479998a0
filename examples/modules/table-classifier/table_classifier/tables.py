"""Tables: CSV files with a header, of which only what is asked for is read as numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .refusals import Refused

DELIMITERS = ",;\t"
#: Larger ones take more memory than a module should have without being asked.
MOST_BYTES = 50 * 1024 * 1024
#: The network computes with numbers of 32 bits, which end at 3e38; some room is for the computing itself.
LARGEST = 1e30


@dataclass(frozen=True)
class Table:
    name: str
    columns: list[str]
    rows: list[list[str]]
    #: Of the file, where each row ends.
    lines: list[int]
    #: The argument that it was given by, for complaints.
    argument: str

    def texts(self, column: str) -> list[str]:
        """A column as it stands; every row must have something there."""
        index = self._index(column)
        return [self._text(row, index) for row in range(len(self.rows))]

    def numbers(self, columns: Sequence[str]) -> np.ndarray:
        """These columns as numbers, in this order: [rows, columns]."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise self.refuse(
                f"{self.name} has no column {listed(missing)}. It has {listed(self.columns)}; "
                f"{listed(columns)} are needed, in any order and among others."
            )
        indexes = [self._index(column) for column in columns]
        found = [[self._number(row, index) for index in indexes] for row in range(len(self.rows))]
        return np.asarray(found, float)

    def refuse(self, message: str) -> Refused:
        return Refused(self.argument, message)

    def _index(self, column: str) -> int:
        return self.columns.index(column)

    def _text(self, row: int, index: int) -> str:
        text = self.rows[row][index].strip()
        if text == "":
            raise self.refuse(f"{self._place(row, index)}: there is nothing. Fill it in, or leave the row out.")
        return text

    def _number(self, row: int, index: int) -> float:
        text = self._text(row, index)
        try:
            number = float(text)
        except ValueError:
            raise self.refuse(
                f"{self._place(row, index)}: {shortened(text)} is no number. Leave columns of text out."
            ) from None
        # Neither NaN nor infinity is between these.
        if not -LARGEST <= number <= LARGEST:
            raise self.refuse(
                f"{self._place(row, index)}: {shortened(text)} cannot be computed with. Leave the row out."
            )
        return number

    def _place(self, row: int, index: int) -> str:
        return f"{self.name}, line {self.lines[row]}, column {self.columns[index]}"


def find_table(path: str, argument: str) -> Path:
    """The CSV file that a path names: itself, or the only one in a folder."""
    place = Path(path).expanduser()
    if place.is_file():
        return place
    if not place.is_dir():
        raise Refused(argument, f"There is neither a file nor a folder {place}.")
    found = sorted(each for each in place.iterdir() if each.suffix.lower() == ".csv" and not each.name.startswith("."))
    if len(found) == 1:
        return found[0]
    raise Refused(
        argument,
        f"There are {len(found)} CSV files in {place} ({listed([each.name for each in found])}): give the path of one."
        if found
        else f"There is no CSV file in {place}.",
    )


def read_table(path: Path, argument: str, name: str | None = None) -> Table:
    name = name or path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused(argument, f"{name} is larger than {MOST_BYTES // 2**20} MB: split it.")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(argument, f"{name} is no text in UTF-8: save it as CSV (UTF-8).") from None
    except OSError as error:
        raise Refused(argument, f"{name} cannot be read: {error.strerror}.") from None
    try:
        return _table(text, argument, name)
    except csv.Error as error:
        raise Refused(argument, f"{name} is no CSV file: {error}.") from None


def _table(text: str, argument: str, name: str) -> Table:
    if text.strip() == "":
        raise Refused(argument, f"{name} is empty.")
    lines = _filled_lines(text)
    _, header = next(lines)
    columns = [column.strip() for column in header]
    if "" in columns or len(set(columns)) < len(columns):
        raise Refused(argument, f"The first line of {name} must name each column, each differently: {listed(columns)}.")
    table = Table(name, columns, [], [], argument)
    for line, row in lines:
        if len(row) != len(columns):
            raise Refused(
                argument, f"{name}, line {line}: {len(row)} values, but the first line names {len(columns)} columns."
            )
        table.rows.append(row)
        table.lines.append(line)
    if not table.rows:
        raise Refused(argument, f"{name} has a first line and no rows.")
    return table


def _filled_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.splitlines(keepends=True)
    first = next(line for line in lines if line.strip())
    reader = csv.reader(lines, delimiter=max(DELIMITERS, key=first.count), strict=True)
    for row in reader:
        if any(value.strip() for value in row):
            yield reader.line_num, row


def shortened(text: str, most: int = 40) -> str:
    return f"“{text if len(text) <= most else text[:most] + '…'}”"


def listed(names: Sequence[str], most: int = 12) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
