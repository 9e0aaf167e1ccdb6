"""Pickles read as descriptions: numbers, text, containers and numpy arrays, and nothing that a file could ask to run.

A pickle is a program for a small machine with a stack. `read` follows it without importing, looking up or calling
anything it names: the few names by which numpy stores an array are known to `pickled_arrays`, any other name ends the
reading. Nothing here recurses, the steps are counted, and bytes stay in the file, so that no pickle can take more
time or memory than its own size accounts for. Steps: Python's `pickletools`; PEP 307, 3154, 574.
"""

import mmap
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from eeg.datasets.deap.pickle_bytes import LITERALS, ContentError, Tape, Text
from eeg.datasets.deap.pickled_arrays import called, set_state, symbol
from eeg.errors import InputError

MOST_STEPS = 10_000
"""Steps after which a pickle is given up; two arrays take about a hundred."""

MEANINGS = {
    "unsafe": (
        "a pickle of arrays of numbers and nothing else",
        "Do not open it with any other program; get the file anew from DEAP's own server.",
    ),
    "truncated": ("a whole pickle", "Copy the file anew from its source and compare the sizes."),
    "unreadable": (
        "a pickle, as DEAP's data_preprocessed_python holds them",
        "Copy the file anew from its source, or get it from DEAP's own server.",
    ),
    "shape": ("arrays of as many numbers as their shapes say", "Get the file anew from DEAP's own server."),
}
"""What was expected and what to do next, by the code of the error."""


def read(content: mmap.mmap | bytes, *, file: Path | str | None = None) -> Any:
    """Return what a pickle describes.

    Parameters
    ----------
    content : mmap or bytes
        The pickle, of any protocol.
    file : path, optional
        Its name, for errors.

    Returns
    -------
    object
        None, bool, int, float, Text, tuple, list, dict (its keys are str), Array or an inert Symbol. The numbers of
        an array are a read-only view of `content` wherever their bytes stand there as they are.

    Raises
    ------
    InputError
        Code `unsafe` if the pickle asks for anything else, by its name; `truncated` if it has lost its end; `shape` if
        an array contradicts itself or holds no numbers; `unreadable` if this is no pickle.
    """
    machine = _Machine(Tape(content))
    try:
        return machine.run()
    except ContentError as error:
        expected, remedy = MEANINGS[error.code]
        received = f"{error.received}, at byte {machine.tape.at} of {len(content)}"
        raise InputError(expected, received, remedy, file=file, code=error.code) from None


class _Machine:
    """The tape, the stack (and those below, one for each open mark) and the memo."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(MOST_STEPS):
            code = bytes(self.tape.take(1))
            if code == pickle.STOP:
                return self.result()
            if code not in STEPS:
                raise ContentError("unreadable", f"the unknown step {code!r}")
            STEPS[code](self)
        raise ContentError("unsafe", f"more than {MOST_STEPS} steps")

    def result(self) -> Any:
        if self.below or len(self.stack) != 1:
            raise ContentError("unreadable", "an end in the middle of a container")
        if self.tape.left():
            raise ContentError("unreadable", f"{self.tape.left()} further bytes after the end of the pickle")
        return self.stack[0]

    def pop(self) -> Any:
        self.top(object)
        return self.stack.pop()

    def top(self, wanted: type) -> Any:
        if not self.stack or not isinstance(self.stack[-1], wanted):
            raise ContentError("unreadable", f"a step that lacks the {wanted.__name__} it works on")
        return self.stack[-1]

    def since_mark(self) -> list[Any]:
        if not self.below:
            raise ContentError("unreadable", "a step that lacks its mark")
        items, self.stack = self.stack, self.below.pop()
        return items

    def last(self, n_items: int) -> list[Any]:
        return [self.pop() for _ in range(n_items)][::-1]

    def recall(self, key: int) -> Any:
        if key not in self.memo:
            raise ContentError("unreadable", "a step that recalls what was never kept")
        return self.memo[key]


def _mark(machine: _Machine) -> None:
    machine.below.append(machine.stack)
    machine.stack = []


def _append(machine: _Machine, items: list[Any]) -> None:
    machine.top(list).extend(items)


def _set(machine: _Machine, items: list[Any]) -> None:
    machine.top(dict).update(_dict(items))


def _dict(items: list[Any]) -> dict[str, Any]:
    """Return keys and values, which alternate; keys are text, since other ones may take for ever to hash."""
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, Text) for key in keys):
        raise ContentError("unsafe", "a dict whose keys are not text")
    return dict(zip((key.name() for key in keys), items[1::2], strict=True))


def _build(machine: _Machine) -> None:
    state = machine.pop()
    set_state(machine.top(object), state)


def _reduce(machine: _Machine) -> Any:
    function, arguments = machine.last(2)
    return called(function, arguments)


def _global(machine: _Machine) -> Any:
    module, name = Text(machine.tape.line(), "utf-8"), Text(machine.tape.line(), "utf-8")
    return symbol(module.name(), name.name())


def _stack_global(machine: _Machine) -> Any:
    module, name = machine.last(2)
    if not isinstance(module, Text) or not isinstance(name, Text):
        raise ContentError("unsafe", "a name that is not text")
    return symbol(module.name(), name.name())


def _instance(machine: _Machine) -> Any:
    raise ContentError("unsafe", f"an instance of {_global(machine).name}")


def _pushes(read: Callable[[_Machine], Any]) -> Callable[[_Machine], None]:
    """Return the step that reads something and puts it on the stack."""

    def step(machine: _Machine) -> None:
        value = read(machine)  # before the stack is looked up: reading up to a mark changes stacks
        machine.stack.append(value)

    return step


def _from_tape(read: Callable[[Tape], Any]) -> Callable[[_Machine], Any]:
    return lambda machine: read(machine.tape)


def _keeps(key: Callable[[_Machine], int]) -> Callable[[_Machine], None]:
    """Return the step that notes the top of the stack under a key."""

    def step(machine: _Machine) -> None:
        machine.memo[key(machine)] = machine.top(object)

    return step


def _refuses(what: str) -> Callable[[_Machine], None]:
    def step(machine: _Machine) -> None:
        raise ContentError("unsafe", what)

    return step


MAKES: Mapping[bytes, Callable[[_Machine], Any]] = {
    pickle.EMPTY_LIST: lambda machine: [],
    pickle.EMPTY_TUPLE: lambda machine: (),
    pickle.EMPTY_DICT: lambda machine: {},
    pickle.LIST: lambda machine: machine.since_mark(),
    pickle.TUPLE: lambda machine: tuple(machine.since_mark()),
    pickle.DICT: lambda machine: _dict(machine.since_mark()),
    pickle.TUPLE1: lambda machine: tuple(machine.last(1)),
    pickle.TUPLE2: lambda machine: tuple(machine.last(2)),
    pickle.TUPLE3: lambda machine: tuple(machine.last(3)),
    pickle.GET: lambda machine: machine.recall(machine.tape.numeral(int)),
    pickle.BINGET: lambda machine: machine.recall(machine.tape.number("B")),
    pickle.LONG_BINGET: lambda machine: machine.recall(machine.tape.number("<I")),
    pickle.GLOBAL: _global,
    pickle.STACK_GLOBAL: _stack_global,
    pickle.REDUCE: _reduce,
}
"""The steps that make something of what stands on the stack or in the memo, and put it on the stack."""


STEPS: Mapping[bytes, Callable[[_Machine], None]] = {
    **{code: _pushes(_from_tape(read)) for code, read in LITERALS.items()},
    **{code: _pushes(make) for code, make in MAKES.items()},
    pickle.PROTO: lambda machine: machine.tape.protocol(),
    pickle.FRAME: lambda machine: machine.tape.frame(),
    pickle.MARK: _mark,
    pickle.APPEND: lambda machine: _append(machine, machine.last(1)),
    pickle.APPENDS: lambda machine: _append(machine, machine.since_mark()),
    pickle.SETITEM: lambda machine: _set(machine, machine.last(2)),
    pickle.SETITEMS: lambda machine: _set(machine, machine.since_mark()),
    pickle.PUT: _keeps(lambda machine: machine.tape.numeral(int)),
    pickle.BINPUT: _keeps(lambda machine: machine.tape.number("B")),
    pickle.LONG_BINPUT: _keeps(lambda machine: machine.tape.number("<I")),
    pickle.MEMOIZE: _keeps(lambda machine: len(machine.memo)),
    pickle.BUILD: _build,
    pickle.INST: _instance,
    **{code: _refuses("an instance of a class") for code in (pickle.OBJ, pickle.NEWOBJ, pickle.NEWOBJ_EX)},
    **{code: _refuses("an object of an extension") for code in (pickle.EXT1, pickle.EXT2, pickle.EXT4)},
    **{code: _refuses("an object kept elsewhere") for code in (pickle.PERSID, pickle.BINPERSID)},
    **{code: _refuses("bytes kept elsewhere") for code in (pickle.NEXT_BUFFER, pickle.READONLY_BUFFER)},
    **{code: _refuses("a set") for code in (pickle.EMPTY_SET, pickle.ADDITEMS, pickle.FROZENSET)},
    **{code: _refuses("a step that arrays do not need") for code in (pickle.POP, pickle.POP_MARK, pickle.DUP)},
}
"""Every step of every protocol."""
