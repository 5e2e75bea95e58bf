"""What the annotations of the product say of a value: of its attributes, its items, what it is made of and gives.

A type is what stands in an annotation: a class, `list[Contract]`, `Contract | None`. None is left out of a union:
whether something is there is for the renders to show. Raises `Mistyped`, with a sentence, for what a type lacks.
"""

import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from markupsafe import Markup

Type = Any  # what can stand in an annotation

UNIONS = (typing.Union, types.UnionType)
WRAPPERS = {typing.Annotated, typing.ClassVar, typing.Final}
NUMBER = int | Decimal
# What has no annotations of its own, as far as it is used.
BUILT_IN: Mapping[tuple[type, str], Type] = {
    (str, "split"): list[str],
    (str, "rstrip"): str,
    (str, "strip"): str,
    (str, "join"): str,
    (str, "format"): str,
    (datetime, "date"): date,
    (date, "isoformat"): str,
    (time, "isoformat"): str,
    (Decimal, "normalize"): Decimal,
}


class Mistyped(Exception):
    """A type that lacks what is asked of it, or is not declared."""


def members(of: Type) -> list[Type]:
    """The types of a union, without None."""
    origin, args = _origin(of), get_args(of)
    if of in (None, types.NoneType, typing.Never):
        return []
    if origin in UNIONS:
        return [member for each in args for member in members(each)]
    if of is Markup:  # a text that is escaped already
        return [str]
    if origin in WRAPPERS:
        return members(args[0])
    if origin is typing.Literal:
        return list(dict.fromkeys(type(each) for each in args))
    if isinstance(of, TypeVar):
        return members(of.__bound__) if of.__bound__ else [of]
    return [of]


def union(of: Iterable[Type]) -> Type:
    """One of several types. An empty list adds nothing to a list."""
    found = list(dict.fromkeys(member for each in of for member in members(each)))
    if len(found) > 1:
        found = [each for each in found if each != list[typing.Never]]
    return functools.reduce(operator.or_, found) if found else types.NoneType


def made_of(kind: type, *parts: Type) -> Type:
    """A list, a tuple, a dict of some types."""
    return types.GenericAlias(kind, parts)


def giving(of: Type) -> Type:
    """What can be called and gives this."""
    return types.GenericAlias(Callable, (Ellipsis, of))  # type: ignore[arg-type]  # it is made of parts like a class


def describe(of: Type) -> str:
    """A type as it is written."""
    if _origin(of) in UNIONS:
        return " | ".join(describe(each) for each in members(of))
    return of.__name__ if isinstance(of, type) and not get_args(of) else str(of)


def attribute(of: Type, name: str) -> Type:
    """What an attribute gives, or a key of a mapping: one that any type of a union has."""
    found = [each for member in members(of) if (each := _attribute(member, name)) is not None]
    if members(of) and not found:
        raise Mistyped(f"{describe(of)} has no {name}")
    return known(union(found), f"{name} of {describe(of)}")


def item(of: Type, key: Type, index: object = None) -> Type:
    """What stands at a key or an index, whose type is given, and its value if it is known."""
    found = []
    for member in members(of):
        origin, args = _origin(member), get_args(member)
        if origin is tuple and isinstance(index, int) and Ellipsis not in args:
            if not -len(args) <= index < len(args):
                raise Mistyped(f"{describe(member)} has no item {index}")
            found.append(args[index])
        elif _is(origin, Mapping) and len(args) == 2:
            if not accepts(args[0], key):
                raise Mistyped(f"{describe(member)} has no keys that are {describe(key)}")
            found.append(args[1])
        elif _is(origin, Sequence) and accepts(int, key):
            found.append(element(member))
        else:
            raise Mistyped(f"{describe(member)} has no items by {describe(key)}")
    return known(union(found), f"an item of {describe(of)}")


def part(of: Type) -> Type:
    """What a slice gives."""
    for member in members(of):
        if not _is(_origin(member), Sequence):
            raise Mistyped(f"{describe(member)} cannot be cut")
    return union(made_of(tuple, element(each), Ellipsis) if _origin(each) is tuple else each for each in members(of))


def element(of: Type) -> Type:
    """What a loop over it gives."""
    found = []
    for member in members(of):
        origin, args = _origin(member), get_args(member)
        if origin is str:
            found.append(str)
        elif origin is type and args and _is(args[0], Enum):
            found.append(args[0])
        elif not _is(origin, Iterable):
            raise Mistyped(f"{describe(member)} is nothing to loop over")
        elif not args:
            raise Mistyped(f"it is not declared what is in a {describe(member)}")
        else:
            found.append(union(each for each in args if each is not Ellipsis) if origin is tuple else args[0])
    return known(union(found), f"what is in {describe(of)}")


def result(of: Type) -> Type:
    """What a call of it gives."""
    found = []
    for member in members(of):
        if not _is(_origin(member), Callable):
            raise Mistyped(f"{describe(member)} cannot be called")
        found.append(get_args(member)[-1])
    return known(union(found), f"what {describe(of)} gives")


def accepts(wanted: Type, given: Type) -> bool:
    """Whether every type of one union is among the other's, or below them; what they are made of as well."""
    return all(any(_accepts(each, member) for each in members(wanted)) for member in members(given))


def known(of: Type, what: str) -> Type:
    """The type itself. Raises `Mistyped` if it says nothing."""
    if any(member in (Any, object) or isinstance(member, TypeVar) for member in members(of)):
        raise Mistyped(f"the type of {what} is not declared")
    return of


def are_alike(one: Type, other: Type) -> bool:
    """Whether a value of one type can be the same as one of the other."""
    return accepts(one, other) or accepts(other, one) or accepts(NUMBER, union((one, other)))


def function(of: Callable[..., Any]) -> Type:
    """The type of a function, by its annotations."""
    hints = get_type_hints(of)
    if "return" not in hints:
        raise Mistyped(f"{of.__qualname__} does not say what it returns")
    return giving(hints["return"])


def of_value(value: object) -> Type:
    """The type of a constant."""
    if isinstance(value, types.FunctionType):
        return function(value)
    if isinstance(value, list | tuple | set | frozenset):
        return made_of(list, union(map(of_value, value)))
    if isinstance(value, Mapping):
        return made_of(dict, union(map(of_value, value)), union(map(of_value, value.values())))
    return type(value)


def _origin(of: Type) -> Type:
    """What is made of some types: list, of a list of contracts; of anything else itself."""
    return get_origin(of) or of


def _is(origin: Type, kind: Type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)


def _accepts(wanted: Type, given: Type) -> bool:
    if Any in (wanted, given) or wanted is object:
        return True
    if not _is(_origin(given), _origin(wanted)):
        return False
    if get_args(wanted) and _is(_origin(wanted), Iterable):
        return accepts(element(wanted), element(given))
    return True


def _attribute(of: Type, name: str) -> Type | None:
    origin, args = _origin(of), get_args(of)
    if not isinstance(origin, type):
        return None
    if _is(origin, Mapping) and len(args) == 2:
        parts = {"items": made_of(tuple, *args), "keys": args[0], "values": args[1]}
        return giving(made_of(list, parts[name])) if name in parts else args[1] if accepts(str, args[0]) else None
    if origin is type and args and _is(args[0], Enum):
        return args[0] if name in args[0].__members__ else None
    if _is(origin, Enum) and name in ("value", "name"):
        return str if name == "name" else _value_of(origin)
    for each in origin.__mro__:
        if (each, name) in BUILT_IN:
            return giving(BUILT_IN[each, name])
        found = _of_class(each, name)
        if found is not None:
            return _bound(found, _arguments(of))
    return None


def _value_of(enum: type[Enum]) -> Type:
    return union(type(each.value) for each in enum)


def _of_class(of: type, name: str) -> Type | None:
    """What a class itself says of an attribute."""
    if name in inspect.get_annotations(of):
        return _hints(of)[name]
    match of.__dict__.get(name):
        case property(fget=made) | cached_property(func=made) if made is not None:
            return result(function(made))
        case types.FunctionType() as method:
            return function(method)
    return None


@cache
def _hints(of: type) -> dict[str, Type]:
    return get_type_hints(of)


def _arguments(of: Type) -> dict[Any, Type]:
    """What the type variables of a class and of those it is made from stand for."""
    origin = _origin(of)
    bound = dict(zip(getattr(origin, "__parameters__", ()), get_args(of), strict=False))
    for base in getattr(origin, "__orig_bases__", ()):
        if _origin(base) not in (typing.Generic, typing.Protocol):
            bound = {**_arguments(_bound(base, bound)), **bound}
    return bound


def _bound(of: Type, bound: Mapping[Any, Type]) -> Type:
    if isinstance(of, TypeVar):
        return bound.get(of, of)
    parameters = getattr(of, "__parameters__", ())
    if not parameters or (isinstance(of, type) and not get_args(of)):
        return of
    return of[tuple(bound.get(each, each) for each in parameters)]
