"""The types of what a call in the product gives to a template, from the annotations of what makes it.

An expression is followed through the names of its function to annotated parameters, results and fields. What cannot be
known so raises `Mistyped`: then the product has to say it.
"""

import ast
import builtins
import dataclasses
import functools
import importlib
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import EnumType
from pathlib import Path

from tests.builders import ROOT
from tests.unit import declared_types as declared
from tests.unit.declared_types import Mistyped, Type
from tests.unit.template_calls import Rendering, parsed

MAKES_A_LIST = {list, tuple, sorted, set, frozenset, reversed}
COUNTS = {len: int, range: list[int]}


@dataclass(frozen=True)
class Known:
    """A name that stands for something of a module: itself a module, a class, a function, a constant."""

    value: object


def context_types(path: Path, call: Rendering) -> dict[str, Type]:
    """The type of each name that a call gives. Raises `Mistyped`."""
    return {name: type_at(path, parsed(path), value) for name, value in call.context.items()}


def type_at(path: Path, module: ast.Module, value: ast.expr) -> Type:
    """The type of an expression in a module. Raises `Mistyped`."""
    return declared.known(_Reader(path, value, _around(module, value)).type_of(value), ast.unparse(value))


def _around(module: ast.Module, wanted: ast.expr) -> list[ast.AST]:
    """The functions and classes around an expression, the innermost first."""
    around: list[ast.AST] = []
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            around += [node] if wanted in ast.walk(node) else []
    return around[::-1]


@dataclass
class _Reader:
    """Reads the expressions of one place."""

    path: Path
    place: ast.expr
    around: list[ast.AST]
    looped: dict[str, Type] = field(default_factory=dict)  # the names of comprehensions
    asked: set[str] = field(default_factory=set)  # names that are being found out, which may be made of themselves

    @property
    def names(self) -> Mapping[str, object]:
        module = ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        return vars(importlib.import_module(module))

    def type_of(self, node: ast.expr) -> Type:
        """The type of an expression."""
        found = self.found(node)
        return declared.of_value(found.value) if isinstance(found, Known) else found

    def found(self, node: ast.expr) -> Type | Known:
        """The type of an expression, or what it names."""
        match node:
            case ast.Constant(value=value):
                return type(value)
            case ast.JoinedStr():
                return str
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return bool
            case ast.Name(id=name):
                return self.name(name)
            case ast.Attribute(value=value, attr=attr):
                return self.attribute(self.found(value), attr)
            case ast.Call():
                return self.call(node)
            case ast.Subscript(value=value, slice=ast.Slice()):
                return declared.part(self.type_of(value))
            case ast.Subscript(value=value, slice=key):
                return declared.item(self.type_of(value), self.type_of(key), getattr(key, "value", None))
            case ast.BoolOp(values=values):
                return declared.union(map(self.type_of, values))
            case ast.IfExp(body=body, orelse=other):
                return declared.union((self.type_of(body), self.type_of(other)))
            case ast.BinOp(left=left, right=right):
                return declared.union((self.type_of(left), self.type_of(right)))
            case ast.NamedExpr(value=value):
                return self.type_of(value)
            case ast.List(elts=each):
                return declared.made_of(list, declared.union(map(self.type_of, each)))
            case ast.Tuple(elts=each):
                return declared.made_of(tuple, *map(self.type_of, each))
            case ast.DictComp(key=key, value=value, generators=loops):
                inner = self.inside(loops)
                return declared.made_of(dict, inner.type_of(key), inner.type_of(value))
            case ast.ListComp(elt=each, generators=loops) | ast.GeneratorExp(elt=each, generators=loops):
                return declared.made_of(list, self.inside(loops).type_of(each))
        raise Mistyped(f"it cannot be known what {ast.unparse(node)} is")

    def inside(self, loops: list[ast.comprehension]) -> "_Reader":
        """The same place within a comprehension."""
        inner = _Reader(self.path, self.place, self.around, dict(self.looped), self.asked)
        for loop in loops:
            inner.looped.update(_unpacked(loop.target, declared.element(inner.elements(loop.iter))))
        return inner

    def elements(self, node: ast.expr) -> Type:
        """The type of what is looped over: of an enum its members."""
        match found := self.found(node):
            case Known(value=EnumType() as enum):
                return declared.made_of(list, enum)
        return self.type_of(node) if isinstance(found, Known) else found

    def name(self, name: str) -> Type | Known:
        """What a name stands for: of a comprehension, of a function around, of the module."""
        if name in self.looped:
            return self.looped[name]
        for each in self.around:
            if isinstance(each, ast.ClassDef):
                continue
            found = list(self.narrowed(each, name)) or list(self.bound(each, name))
            if found:
                return declared.union(found)
            if name in {arg.arg for arg in ast.walk(each) if isinstance(arg, ast.arg)}:
                raise Mistyped(f"it is not declared what {name} is")
        if name in self.names or hasattr(builtins, name):
            return Known(self.names.get(name, getattr(builtins, name, None)))
        raise Mistyped(f"it cannot be known what {name} is")

    def narrowed(self, function: ast.AST, name: str) -> Iterator[Type]:
        """The type that `if isinstance(...)` around the place says a name has."""
        for node in ast.walk(function):
            if isinstance(node, ast.If) and any(self.place in ast.walk(each) for each in node.body):
                for test in ast.walk(node.test):
                    match test:
                        case ast.Call(func=ast.Name("isinstance"), args=[ast.Name(tested), kind]) if tested == name:
                            yield eval(ast.unparse(kind), dict(self.names))

    def bound(self, function: ast.AST, name: str) -> Iterator[Type]:
        """The type of each value that a function gives to a name."""
        if name in self.asked:
            return
        self.asked.add(name)
        within = list(ast.walk(function))
        declarations = [each for each in within if isinstance(each, ast.AnnAssign) and _names(each.target) == {name}]
        for node in declarations or within:
            match node:
                case ast.arg(arg=arg, annotation=ast.expr() as annotation) if arg == name:
                    yield eval(ast.unparse(annotation), dict(self.names))
                case ast.arg(arg="self") if name == "self":
                    yield next(self.names[each.name] for each in self.around if isinstance(each, ast.ClassDef))
                case ast.AnnAssign(target=ast.Name(id=target), annotation=annotation) if target == name:
                    yield eval(ast.unparse(annotation), dict(self.names))
                case ast.Assign(targets=[target], value=value) if name in _names(target):
                    yield _unpacked(target, self.type_of(value))[name]
                case ast.NamedExpr(target=target, value=value) if name in _names(target):
                    yield self.type_of(value)
                case ast.For(target=target, iter=over) if name in _names(target):
                    yield _unpacked(target, declared.element(self.elements(over)))[name]
        self.asked.discard(name)

    def attribute(self, of: Type | Known, name: str) -> Type | Known:
        """What an attribute gives."""
        match of:
            case Known(value=types.ModuleType() | type() as value):
                return Known(getattr(value, name))
            case Known(value=value) if not callable(getattr(value, name)):
                return Known(getattr(value, name))
            case Known(value=value):
                return declared.attribute(declared.of_value(value), name)
        return declared.attribute(of, name)

    def call(self, node: ast.Call) -> Type:
        """What a call gives."""
        match self.found(node.func):
            case Known(value=made) if made in MAKES_A_LIST and node.args:
                return declared.made_of(list, declared.element(self.elements(node.args[0])))
            case Known(value=dataclasses.replace):
                return self.type_of(node.args[0])
            case Known(value=functools.partial):
                return declared.giving(declared.result(self.type_of(node.args[0])))
            case Known(value=builtins.next):
                return declared.element(self.type_of(node.args[0]))
            case Known(value=made) if made in COUNTS:
                return COUNTS[made]
            case Known(value=type() as made):
                return made
            case Known(value=value):
                return declared.result(declared.of_value(value))
            case function:
                return declared.result(function)


def _names(target: ast.AST) -> set[str]:
    """The names that an assignment to a target binds."""
    match target:
        case ast.Name(id=name):
            return {name}
        case ast.Tuple(elts=each):
            return {name for one in each for name in _names(one)}
    return set()


def _unpacked(target: ast.AST, of: Type) -> dict[str, Type]:
    """The names of a target of an assignment or a loop, with the part of the value that each gets."""
    match target:
        case ast.Name(id=name):
            return {name: of}
        case ast.Tuple(elts=each):
            found: dict[str, Type] = {}
            for place, one in enumerate(each):
                found |= _unpacked(one, declared.item(of, int, place))
            return found
    return {}
