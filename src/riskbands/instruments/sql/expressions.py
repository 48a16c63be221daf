"""Values that a database works out: what stands for a number or an array while SQL is written.

The rules that derive features, the checks, and what an instrument does with its numbers are
Python functions that work on a number and on an array alike. A `Value` is a third thing they work
on: it notes what is done to it. So no rule is written a second time in SQL, and one that is
added, in the library or in the file of an instrument, has its SQL at once.

A value may be NULL only where the truth beside it says that it is not valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Value", "bound", "column", "listed", "null", "raw", "state", "whole_truth"]

#: Kinds of value: a whole number, a double, a truth, a text.
WHOLE, DOUBLE, TRUTH, TEXT = "whole", "double", "truth", "text"
#: Truths that are joined in one list, about.
_MOST_PARTS = 16
_COMPARISONS = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _kind(x: Any) -> str:
    if isinstance(x, Value):
        return x.kind
    if isinstance(x, (bool, np.bool_)):
        return TRUTH
    if isinstance(x, (int, np.integer)):
        return WHOLE
    if isinstance(x, (float, np.floating)):
        return DOUBLE
    raise TypeError(f"{type(x).__name__} has no place in SQL")


def _number(x: Any) -> Any:
    """A truth as 0 or 1; anything else as it is."""
    if isinstance(x, (bool, np.bool_)):
        return int(x)
    return whole_truth(x) if _kind(x) == TRUTH else x


def _plain(x: Any) -> Any:
    """A Python number for one of NumPy's."""
    return x.item() if isinstance(x, np.generic) else x


class Value:
    """What a database works out.

    Attributes:
        op: What is done: an operator, or ``column``, ``state``, ``case``, ``lookup``,
            ``bind``, ``raw``.
        args: What it is done to: values and constants.
        kind: ``whole``, ``double``, ``truth`` or ``text``.
    """

    __slots__ = ("args", "kind", "op")
    #: Arithmetic of NumPy's own numbers comes to `__array_ufunc__`.
    __array_priority__ = 1000

    def __init__(self, op: str, args: tuple[Any, ...], kind: str) -> None:
        self.op, self.args, self.kind = op, args, kind

    def __repr__(self) -> str:
        return f"<Value {self.kind}: {self.op}>"

    def __bool__(self) -> bool:
        raise TypeError("the truth of a value in SQL is not known while the SQL is written")

    def __len__(self) -> int:
        """No values are at hand: what looks at them to spare work must not."""
        return 0

    __hash__ = object.__hash__

    # -- what the elementwise code does to numbers and arrays ----------------------------------

    def _arithmetic(self, op: str, a: Any, b: Any) -> Any:
        a, b = _plain(_number(a)), _plain(_number(b))
        for x, other in ((a, b), (b, a)):
            if isinstance(x, int) and _kind(other) == WHOLE:
                if op == "*" and x == 0:
                    return 0
                if (op == "*" and x == 1) or (op == "+" and x == 0):
                    return other
        kind = DOUBLE if DOUBLE in (_kind(a), _kind(b)) else WHOLE
        return Value(op, (a, b), kind)

    def __add__(self, other: Any) -> Any:
        return self._arithmetic("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._arithmetic("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._arithmetic("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._arithmetic("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._arithmetic("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._arithmetic("*", other, self)

    def __rshift__(self, bits: int) -> Value:
        return Value("floor", (self, 1 << bits), WHOLE)

    def __lshift__(self, bits: int) -> Any:
        return self * (1 << bits)

    def _compared(self, op: str, other: Any) -> Any:
        if self.kind == TRUTH and isinstance(other, bool) and op in ("=", "<>"):
            return self if other is (op == "=") else ~self
        return Value(op, (_number(self), _plain(_number(other))), TRUTH)

    def __eq__(self, other: Any) -> Any:
        return self._compared("=", other)

    def __ne__(self, other: Any) -> Any:
        return self._compared("<>", other)

    def __lt__(self, other: Any) -> Any:
        return self._compared("<", other)

    def __le__(self, other: Any) -> Any:
        return self._compared("<=", other)

    def __gt__(self, other: Any) -> Any:
        return self._compared(">", other)

    def __ge__(self, other: Any) -> Any:
        return self._compared(">=", other)

    def __and__(self, other: Any) -> Any:
        if self.kind == TRUTH:
            return _logic("AND", self, other, stops=False)
        # the low bits of a whole number, as those of the day in a packed date
        if not isinstance(other, int) or other & (other + 1):
            raise TypeError("a value in SQL has its low bits taken only")
        return self - (self >> other.bit_length()) * (other + 1)

    def __or__(self, other: Any) -> Any:
        return _logic("OR", self, other, stops=True)

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Value:
        if self.kind != TRUTH:
            raise TypeError("only a truth is negated")
        if self.op == "NOT":
            negated: Value = self.args[0]
            return negated
        if self.op == "state":
            name, here, every = self.args
            return Value("state", (name, every - here, every), TRUTH)
        if self.op in _COMPARISONS:
            return Value(_COMPARISONS[self.op], self.args, TRUTH)
        return Value("NOT", (self,), TRUTH)

    def any(self) -> bool:
        """Whether it holds anywhere: it may."""
        return True

    def all(self) -> bool:
        """Whether it holds everywhere: nobody knows."""
        return False

    def entries_of(self, table: Any) -> Any:
        """The entries of a one-dimensional array at the places this value gives."""
        entries = tuple(table.tolist())
        return Value("lookup", (self, entries), _kind(entries[0]))

    # -- NumPy's functions on a value ----------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        write = _UFUNCS.get(ufunc.__name__)
        if write is None or method != "__call__" or options:
            return NotImplemented
        return write(*inputs)

    def __array_function__(self, func: Any, _: Any, args: Any, options: Any) -> Any:
        if func is not np.where or options:
            return NotImplemented
        return _where(*args)


def _logic(op: str, a: Any, b: Any, *, stops: bool) -> Any:
    """``a op b`` of truths; ``stops`` is the constant that decides alone.

    Truths about the state of one column become one, and what cannot be is left out. One that has
    many parts is kept as it is, so that what uses it often has it as a column.
    """
    parts: list[Any] = []
    states: dict[str, Any] = {}
    for x in (a, b):
        if isinstance(x, (bool, np.bool_)):
            if bool(x) is stops:
                return stops
            continue
        if _kind(x) != TRUTH:
            raise TypeError(f"{op} is for truths")
        for part in x.args if x.op == op and len(x.args) < _MOST_PARTS else (x,):
            if part.op == "state":
                name, here, every = part.args
                before = states.get(name, (None, here, every))[1]
                states[name] = (name, here | before if stops else here & before, every)
            elif any(_opposite(part, known) for known in parts):
                return stops
            elif not any(part is known for known in parts):
                parts.append(part)
    for name, here, every in states.values():
        if here == (every if stops else frozenset()):
            return stops
        if here != (frozenset() if stops else every):
            parts.append(Value("state", (name, here, every), TRUTH))
    if not parts:
        return not stops
    return parts[0] if len(parts) == 1 else Value(op, tuple(parts), TRUTH)


def _opposite(a: Value, b: Value) -> bool:
    """Whether one is plainly the negation of the other."""
    if a.op == "NOT":
        return a.args[0] is b
    if b.op == "NOT":
        return b.args[0] is a
    return a.args is b.args and _COMPARISONS.get(a.op) == b.op


def _where(condition: Any, a: Any, b: Any) -> Any:
    if not isinstance(condition, Value):
        return a if condition else b
    a, b = _plain(a), _plain(b)
    kinds = {_kind(a), _kind(b)}
    if TRUTH in kinds and len(kinds) > 1:
        a, b = _number(a), _number(b)
        kinds = {_kind(a), _kind(b)}
    return Value("case", (((condition, a),), b), DOUBLE if DOUBLE in kinds else kinds.pop())


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: b + a if isinstance(b, Value) else a + b,
    "multiply": lambda a, b: b * a if isinstance(b, Value) else a * b,
    "subtract": lambda a, b: b.__rsub__(a) if isinstance(b, Value) else a - b,
    "bitwise_and": lambda a, b: b & a if isinstance(b, Value) else a & b,
    "bitwise_or": lambda a, b: b | a if isinstance(b, Value) else a | b,
    "equal": lambda a, b: b == a if isinstance(b, Value) else a == b,
    "not_equal": lambda a, b: b != a if isinstance(b, Value) else a != b,
    "less": lambda a, b: b > a if isinstance(b, Value) else a < b,
    "less_equal": lambda a, b: b >= a if isinstance(b, Value) else a <= b,
    "greater": lambda a, b: b < a if isinstance(b, Value) else a > b,
    "greater_equal": lambda a, b: b <= a if isinstance(b, Value) else a >= b,
}


def whole_truth(truth: Any) -> Any:
    """1 where the truth holds, else 0."""
    return Value("case", (((truth, 1),), 0), WHOLE)


def state(name: str, here: Iterable[int], every: Iterable[int]) -> Value:
    """Whether the code in a column is one of some states: 0 for any that is valid, or a fault.

    Args:
        name: The column.
        here: The states in which it holds.
        every: All states the column may have.
    """
    return Value("state", (name, frozenset(here), frozenset(every)), TRUTH)


def column(name: str, kind: str) -> Value:
    """A column that is there already."""
    return Value("column", (name,), kind)


def raw(text: str, kind: str, *reads: Any) -> Value:
    """SQL as it is, with ``{0}``, ``{1}``, ... for the values it reads."""
    return Value("raw", (text, reads), kind)


def null(kind: str) -> Value:
    """No value."""
    return Value("null", (), kind)


def bound(value: Any, name: str) -> Any:
    """The value as a column of this name, so that it is worked out once."""
    if not isinstance(value, Value) or value.op in ("column", "state", "bind"):
        return value
    return Value("bind", (value, name), value.kind)


def listed(cases: Sequence[tuple[Any, Any]], otherwise: Any, kind: str) -> Any:
    """The first result whose condition holds."""
    possible = []
    for condition, result in cases:
        if isinstance(condition, (bool, np.bool_)):
            if condition:
                otherwise = result
                break
            continue
        possible.append((condition, result))
    return Value("case", (tuple(possible), otherwise), kind) if possible else otherwise
