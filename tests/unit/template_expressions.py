"""The types of the expressions in a template: names, attributes, filters, calls of macros."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Never, get_type_hints

from jinja2 import nodes
from markupsafe import Markup

from tests.unit import declared_types as declared
from tests.unit.declared_types import Mistyped, Type

LOOP = {"index": int, "index0": int, "revindex": int, "revindex0": int, "length": int, "first": bool, "last": bool}
TEXTS = {"trim", "lower", "upper", "capitalize", "string", "join", "replace", "title"}


@dataclass
class Scope:
    """The names of a template, of a macro or of a loop, within those around: a type, a macro, an imported template."""

    given: Mapping[str, Any]  # the names of every template
    names: dict[str, Any] = field(default_factory=dict)
    around: "Scope | None" = None

    def find(self, name: str) -> Any:  # noqa: ANN401  # see above
        """What a name stands for. Raises `Mistyped`."""
        if name in self.names:
            return self.names[name]
        if self.around is not None:
            return self.around.find(name)
        if name in self.given:
            return self.given[name]
        raise Mistyped(f"there is no {name}")

    def within(self, names: Mapping[str, Any]) -> "Scope":
        """The scope of a loop or a macro in it."""
        return Scope(self.given, dict(names), self)


@dataclass(frozen=True)
class Macro:
    """A macro, and the template that it is in with its names."""

    node: nodes.Macro
    template: "Expressions"
    scope: Scope = field(hash=False, compare=False)


class Expressions(ABC):
    """The expressions of one template."""

    scope: Scope
    filters: Mapping[str, Callable[..., Any]]
    read: set[nodes.Node]  # what was found in a type: attributes, and filters that are told one

    @abstractmethod
    def problem(self, node: nodes.Node, what: object) -> None:
        """Keep a problem of this template."""

    @abstractmethod
    def follow(self, macro: Macro, given: Mapping[str, Type], called: nodes.Node) -> None:
        """Follow the body of a macro of this template with what it is given."""

    def tried(self, node: nodes.Node, find: Callable[..., Type], *given: object) -> Type:
        """What is found; Any if that is a problem, which is kept, or comes of what was one."""
        if any(each is Any for each in given):
            return Any
        try:
            return find(*given)
        except Mistyped as problem:
            self.problem(node, problem)
            return Any

    def type_of(self, node: nodes.Node, scope: Scope) -> Type:
        """The type of an expression; Any where a problem with it is kept."""
        return self.tried(node, self._type_of, node, scope)

    def _type_of(self, node: nodes.Node, scope: Scope) -> Type:
        match node:
            case nodes.Const(value=value):
                return type(value)
            case nodes.TemplateData():
                return Markup
            case nodes.Name(name=name):
                return scope.find(name)
            case nodes.Getattr(node=of, attr=name):
                return self.attribute(node, self.type_of(of, scope), name)
            case nodes.Getitem(node=of, arg=nodes.Slice()):
                return self.tried(node, declared.part, self.type_of(of, scope))
            case nodes.Getitem(node=of, arg=key):
                index = key.value if isinstance(key, nodes.Const) else None
                return self.tried(node, declared.item, self.type_of(of, scope), self.type_of(key, scope), index)
            case nodes.Call():
                return self.call(node, scope, {})
            case nodes.Filter():
                return self.filter(node, scope)
            case nodes.List(items=items):
                return declared.made_of(list, self.any_of(items, scope) if items else Never)
            case nodes.Tuple(items=items):
                return declared.made_of(tuple, *(self.type_of(each, scope) for each in items))
            case nodes.Dict(items=pairs):
                keys, values = [each.key for each in pairs], [each.value for each in pairs]
                return declared.made_of(dict, self.any_of(keys, scope), self.any_of(values, scope))
        return self.operation(node, scope)

    def operation(self, node: nodes.Node, scope: Scope) -> Type:
        """What operators make of their operands."""
        match node:
            case nodes.CondExpr(test=test, expr1=one, expr2=other):
                self.type_of(test, scope)
                return self.any_of([one, *([other] if other is not None else [])], scope)
            case (
                nodes.Or(left=left, right=right) | nodes.Add(left=left, right=right) | nodes.Sub(left=left, right=right)
            ):
                return self.any_of([left, right], scope)
            case nodes.And(left=left, right=right):
                self.type_of(left, scope)
                return self.type_of(right, scope)
            case nodes.Neg(node=of):
                return self.type_of(of, scope)
            case nodes.Concat(nodes=parts):
                for part in parts:
                    self.printed(part, self.type_of(part, scope))
                return str
            case nodes.Compare(expr=one, ops=operands):
                of = self.type_of(one, scope)
                for operand in operands:
                    self.compared(node, operand.op, of, self.type_of(operand.expr, scope))
                return bool
            case nodes.Not() | nodes.Test():
                for each in node.iter_child_nodes():
                    self.type_of(each, scope)
                return bool
        raise Mistyped(f"{type(node).__name__} is not understood here")

    def compared(self, node: nodes.Node, how: str, one: Type, other: Type) -> None:
        """What is the same as something, or in something, can be: an enum's member is none of another enum."""
        if how in ("in", "notin"):
            other = self.tried(node, declared.element, other)
        if how in ("eq", "ne", "in", "notin") and Any not in (one, other):
            pairs = [(a, b) for a in declared.members(one) for b in declared.members(other)]
            if pairs and not any(declared.are_alike(*pair) for pair in pairs):
                self.problem(node, f"a {declared.describe(one)} is never a {declared.describe(other)}")

    def any_of(self, several: Sequence[nodes.Node], scope: Scope) -> Type:
        """The type of one of several expressions."""
        found = [self.type_of(each, scope) for each in several]
        return Any if Any in found else declared.union(found)

    @abstractmethod
    def printed(self, node: nodes.Node, of: Type) -> None:
        """Keep it as a problem if the renderer does not print this."""

    def attribute(self, node: nodes.Node, of: Any, name: str) -> Type:  # noqa: ANN401  # what a name stands for
        """An attribute of a value, a macro of a template, a name of a namespace."""
        if isinstance(of, Expressions | dict):  # a template, `loop`, a namespace
            names = of.scope.names if isinstance(of, Expressions) else of
            if name not in names:
                raise Mistyped(f"there is no {name}")
            self.read.add(node)
            return names[name]
        found = self.tried(node, declared.attribute, of, name)
        if found is not Any and declared.members(of):
            self.read.add(node)
        return found

    def call(self, node: nodes.Call, scope: Scope, caller: Mapping[str, Type]) -> Type:
        """A call of a macro, of a namespace, of a method."""
        by_name = {each.key: self.type_of(each.value, scope) for each in node.kwargs}
        if isinstance(node.node, nodes.Name) and node.node.name == "namespace":
            return by_name
        called = self.type_of(node.node, scope)
        given = [self.type_of(each, scope) for each in node.args]
        if not isinstance(called, Macro):
            return self.tried(node, declared.result, called)
        names = [each.name for each in called.node.args]
        defaults: dict[str, nodes.Node] = dict(zip(names[::-1], called.node.defaults[::-1], strict=False))
        arguments = {**dict(zip(names, given, strict=False)), **by_name}
        unknown, absent = by_name.keys() - set(names), set(names) - arguments.keys() - defaults.keys()
        if unknown or absent or len(given) > len(names):
            raise Mistyped(f"{called.node.name}({', '.join(names)}) is called otherwise")
        for name in defaults.keys() - arguments.keys():
            arguments[name] = called.template.type_of(defaults[name], called.scope)
        called.template.follow(called, {**arguments, **caller}, node)
        return Markup

    def filter(self, node: nodes.Filter, scope: Scope) -> Type:
        """What a filter makes of a value."""
        assert node.node is not None
        of = self.type_of(node.node, scope)
        arguments = [self.type_of(each, scope) for each in node.args]
        named: dict[str, nodes.Node] = {str(each.key): each.value for each in node.kwargs}
        if of is Any:
            return Any
        match node.name:
            case name if name in TEXTS:
                return str
            case "length":
                return int
            case "first" | "last" | "min" | "max":
                return declared.element(of)
            case "list" | "reverse" | "unique" | "sort":
                return _list(declared.element(of))
            case "batch":
                return _list(_list(declared.element(of)))
            case "selectattr" | "rejectattr":
                self.path(node, node.args[0], declared.element(of))
                return _list(declared.element(of))
            case "map" if "attribute" in named:
                return _list(self.path(node, named["attribute"], declared.element(of)))
            case "map":
                return _list(str)
            case "default":
                return declared.union([of, *arguments])
            case "options":
                return self.options(node, of, scope)
            case "sum":
                return declared.element(of)
        return self.ours(node.name, of, arguments)

    def options(self, node: nodes.Filter, of: Type, scope: Scope) -> Type:
        """What can be chosen: the text is an attribute or what a macro says, the value an attribute."""
        each = declared.element(of)
        text, value = [*node.args, None, None][:2]
        if isinstance(text, nodes.Const):
            self.path(node, text, each)
        elif text is not None:
            macro = self.type_of(text, scope)
            macro.template.follow(macro, {macro.node.args[0].name: each}, node)
        self.path(node, value or nodes.Const("value"), each)
        return list[tuple[str, str]]

    def path(self, node: nodes.Filter, told: nodes.Node, of: Type) -> Type:
        """The attribute that a filter is told by its name, by several with dots between, or by a place."""
        assert isinstance(told, nodes.Const)
        steps = [told.value] if isinstance(told.value, int) else told.value.split(".")
        for step in steps:
            if declared.members(of):
                self.read.add(node)
            of = declared.item(of, int, step) if isinstance(step, int) else declared.attribute(of, step)
        return of

    def ours(self, name: str, of: Type, arguments: list[Type]) -> Type:
        """What a filter of the renderer gives; it has to take the value."""
        hints = get_type_hints(self.filters[name])
        result = hints.pop("return", None)
        if result is None:
            raise Mistyped(f"the filter {name} is not understood here")
        for wanted, given in zip(hints.values(), [of, *arguments], strict=False):
            if not declared.accepts(wanted, given):
                raise Mistyped(f"{name} takes no {declared.describe(given)}")
        return result


def _list(of: Type) -> Type:
    return declared.made_of(list, of)
