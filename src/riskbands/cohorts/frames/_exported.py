"""Texts of Polars where they lie in memory, by the C interface of Arrow and without PyArrow.

The interface: https://arrow.apache.org/docs/format/CDataInterface.html and, for the capsules that
hold it, https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

import numpy as np

from riskbands.cohorts.textviews import Buffers

__all__ = ["exported"]

_Pointer: Final = ctypes.c_void_p
_NAME: Final = b"arrow_array_stream"
#: What a type of texts in views is called there.
_TEXT_VIEW: Final = b"vu"
#: Buffers of such an array besides those of texts: truths and views before them, lengths behind.
_BEFORE: Final = 2


class _Schema(ctypes.Structure):
    """ArrowSchema."""

    _fields_ = (
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", _Pointer),
        ("dictionary", _Pointer),
        ("release", ctypes.CFUNCTYPE(None, _Pointer)),
        ("private_data", _Pointer),
    )


class _Array(ctypes.Structure):
    """ArrowArray."""

    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.POINTER(_Pointer)),
        ("children", _Pointer),
        ("dictionary", _Pointer),
        ("release", ctypes.CFUNCTYPE(None, _Pointer)),
        ("private_data", _Pointer),
    )


_GET: Final = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer)


class _Stream(ctypes.Structure):
    """ArrowArrayStream."""

    _fields_ = (
        ("get_schema", _GET),
        ("get_next", _GET),
        ("get_last_error", _Pointer),
        ("release", _Pointer),
        ("private_data", _Pointer),
    )


class _Owned:
    """An exported array, given back when nothing reads it any more."""

    def __init__(self, array: _Array) -> None:
        self.array = array

    def __del__(self) -> None:
        if self.array.release:
            self.array.release(ctypes.addressof(self.array))

    def bytes_at(self, buffer: int, size: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """So many bytes of a buffer; the array that reads them keeps this alive."""
        address = self.array.buffers[buffer]
        return np.asarray(_Memory(self, address, size)) if size else np.empty(0, np.uint8)


class _Memory:
    """Bytes somewhere in memory, as NumPy takes them."""

    def __init__(self, owner: _Owned, address: int, size: int) -> None:
        self._owner = owner
        self.__array_interface__ = {
            "version": 3,
            "shape": (size,),
            "typestr": "|u1",
            "data": (address, True),
        }


def exported(series: Any) -> Buffers | None:
    """The buffers of a series of text in one chunk; None where it does not give them so."""
    give = getattr(series, "__arrow_c_stream__", None)
    if give is None or not len(series):
        return None
    capsule = give()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = _Pointer, (ctypes.py_object, ctypes.c_char_p)
    stream = _Stream.from_address(pointer(capsule, _NAME))
    here = ctypes.addressof(stream)
    schema, array = _Schema(), _Array()
    if stream.get_schema(here, ctypes.addressof(schema)):
        return None
    kind = bytes(schema.format)
    schema.release(ctypes.addressof(schema))
    if kind != _TEXT_VIEW or stream.get_next(here, ctypes.addressof(array)):
        return None
    owned = _Owned(array)
    if array.length != len(series):
        return None
    several = array.n_buffers - _BEFORE - 1
    sizes = owned.bytes_at(_BEFORE + several, 8 * several).view(np.int64).tolist()
    rows = array.offset + array.length
    return Buffers(
        array.offset,
        array.length,
        owned.bytes_at(0, -(-rows // 8)) if array.null_count else None,
        owned.bytes_at(1, 16 * rows),
        [owned.bytes_at(_BEFORE + n, size) for n, size in enumerate(sizes)],
    )
