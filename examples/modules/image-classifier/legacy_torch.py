"""Reads the weights of a torch file from before torch 1.6, without torch and without running any of its code."""
from __future__ import annotations

import collections
import pickle
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

#: Storage classes that the file may name, and how their numbers lie on disk.
STORAGE_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

#: Magic number, protocol version and a description of the machine come before the weights.
HEADER_PICKLES = 3


class TensorRecord(NamedTuple):
    """A tensor as the file describes it: a window into one of the storages that follow."""

    storage: tuple
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def storage_key(self) -> str:
        return self.storage[2]

    @property
    def dtype(self) -> np.dtype:
        return STORAGE_TYPES[self.storage[1]]


def _tensor_record(storage, offset, shape, strides, *_unused) -> TensorRecord:
    return TensorRecord(storage, offset, tuple(shape), tuple(strides))


class _DataOnlyUnpickler(pickle.Unpickler):
    """A pickle can name any function to call; this one knows those of a list of tensors and refuses the rest."""

    def find_class(self, module: str, name: str):
        if module == "collections" and name == "OrderedDict":
            return collections.OrderedDict
        if module == "torch._utils" and name == "_rebuild_tensor_v2":
            return _tensor_record
        if module == "torch" and name in STORAGE_TYPES:
            return name
        raise pickle.UnpicklingError(f"the weights file asks for {module}.{name}, which is not data")

    def persistent_load(self, pid):
        return pid


def _read_storages(file: BinaryIO, keys: list[str], records: list[TensorRecord]) -> dict[str, np.ndarray]:
    dtypes = {record.storage_key: record.dtype for record in records}
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        storages[key] = np.frombuffer(file.read(count * dtypes[key].itemsize), dtypes[key])
    return storages


def _window(storage: np.ndarray, record: TensorRecord) -> np.ndarray:
    # Fifty of Lite0's tensors are transposed in the file. Read without their strides, the network gives one answer to
    # every picture.
    byte_strides = [stride * storage.itemsize for stride in record.strides]
    window = np.lib.stride_tricks.as_strided(storage[record.offset :], record.shape, byte_strides, writeable=False)
    return np.array(window)


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Weights by name, as contiguous arrays; `pickle.UnpicklingError` when the file holds anything but tensors."""
    with path.open("rb") as file:
        for _ in range(HEADER_PICKLES):
            _DataOnlyUnpickler(file).load()
        records: dict[str, TensorRecord] = _DataOnlyUnpickler(file).load()
        keys = _DataOnlyUnpickler(file).load()
        storages = _read_storages(file, keys, list(records.values()))
    return {name: _window(storages[record.storage_key], record) for name, record in records.items()}
