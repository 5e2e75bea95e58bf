"""Follows the types of what a template is given through every branch of it, and through the macros that it calls.

What a type lacks is found here: an attribute, something to loop over, an argument of a macro. So is what cannot be
printed. None is left aside: whether something is there is for the renders to show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import EnumType
from types import FunctionType
from typing import Any

from jinja2 import Environment, nodes
from markupsafe import Markup

from tests.unit import declared_types as declared
from tests.unit.declared_types import Type
from tests.unit.template_expressions import LOOP, Expressions, Macro, Scope

PRINTED = str | date | Decimal | int


@dataclass(frozen=True)
class Problem:
    """Something that a template asks of a value and that its type lacks."""

    template: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.what}"


class TemplateChecker:
    """Checks templates with the types that calls give them; what it finds stands in `problems`."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.given = {name: _given(name, value) for name, value in environment.globals.items()}
        self.problems: dict[Problem, None] = {}
        self.read: set[nodes.Node] = set()  # what was found in a type: attributes, and filters that are told one
        self._imported: dict[str, CheckedTemplate] = {}
        self._parsed: dict[str, nodes.Template] = {}

    def check(self, name: str, context: Mapping[str, Type]) -> None:
        """Check a template with the types of its context."""
        CheckedTemplate(self, name, context)

    def parsed(self, name: str) -> nodes.Template:
        """A template as its syntax."""
        if name not in self._parsed:
            assert self.environment.loader is not None
            source = self.environment.loader.get_source(self.environment, name)[0]
            self._parsed[name] = self.environment.parse(source)
        return self._parsed[name]

    def imported(self, name: str) -> "CheckedTemplate":
        """A template whose macros another calls."""
        if name not in self._imported:
            self._imported[name] = CheckedTemplate(self, name, {})
        return self._imported[name]


class CheckedTemplate(Expressions):
    """A template with the types of its context."""

    def __init__(self, checker: TemplateChecker, name: str, context: Mapping[str, Type]) -> None:
        self.checker = checker
        self.name = name
        self.scope = Scope(checker.given, dict(context))
        self.filters = checker.environment.filters
        self._calls: list[str] = []  # where the macros were called that are being followed
        self._followed: set[object] = set()
        self.read = checker.read
        self.body(checker.parsed(name).body, self.scope)

    def body(self, body: Sequence[nodes.Node], scope: Scope) -> None:
        """Follow statements one after the other, and every branch of them."""
        for node in body:
            match node:
                case nodes.Output(nodes=printed):
                    for each in printed:
                        self.printed(each, self.type_of(each, scope))
                case nodes.If(test=test, body=then, elif_=others, else_=otherwise):
                    self.type_of(test, scope)
                    for branch in (then, others, otherwise):
                        self.body(branch, scope)
                case nodes.For():
                    self.loop(node, scope)
                case nodes.Assign(target=target, node=value):
                    self.assign(target, self.type_of(value, scope), scope)
                case nodes.Macro(name=name):
                    scope.names[name] = Macro(node, self, scope)
                case nodes.Import(template=nodes.Const(value=name), target=target):
                    scope.names[target] = self.checker.imported(name)
                case nodes.CallBlock(call=call, body=within):
                    self.body(within, scope.within({}))
                    self.tried(node, self.call, call, scope, {"caller": declared.giving(Markup)})
                case _:
                    self.problem(node, f"{type(node).__name__} is not understood here")

    def loop(self, node: nodes.For, scope: Scope) -> None:
        """Follow a loop once, with what any element has."""
        inner = scope.within({"loop": LOOP})
        self.assign(node.target, self.tried(node, declared.element, self.type_of(node.iter, scope)), inner)
        if node.test is not None:
            self.type_of(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, scope)

    def assign(self, target: nodes.Node, of: Type, scope: Scope) -> None:
        """Give a value to a name, or its parts to several. A name that had a value may still have that one."""
        match target:
            case nodes.Tuple(items=items):
                for place, each in enumerate(items):
                    self.assign(each, self.tried(target, declared.item, of, int, place), scope)
            case nodes.NSRef(name=name, attr=attr):
                kept = scope.find(name)
                kept[attr] = declared.union((kept[attr], of))
            case nodes.Name(name=name):
                before = scope.names.get(name)
                scope.names[name] = of if before is None or of is Any else declared.union((before, of))

    def follow(self, macro: Macro, given: Mapping[str, Type], called: nodes.Node) -> None:
        """Follow the body of a macro of this template, once for each set of types."""
        key = (macro.node, tuple(sorted((name, str(of)) for name, of in given.items())))
        if key not in self._followed:
            self._followed.add(key)
            self._calls.append(f"{macro.node.name}({', '.join(map(declared.describe, given.values()))})")
            self.body(macro.node.body, macro.scope.within(given))
            self._calls.pop()

    def printed(self, node: nodes.Node, of: Type) -> None:
        """Keep it as a problem if the renderer does not print this."""
        for member in declared.members(of):
            if member is not Any and (member is bool or not declared.accepts(PRINTED, member)):
                self.problem(node, f"a {declared.describe(member)} is printed")

    def problem(self, node: nodes.Node, what: object) -> None:
        """Keep a problem of this template."""
        within = f", in {self._calls[-1]}" if self._calls else ""
        self.checker.problems[Problem(self.name, node.lineno, f"{what}{within}")] = None


def _given(name: str, value: object) -> Type:
    """What Jinja and the renderer give every template: functions, and Jinja's own."""
    if isinstance(value, EnumType):
        return declared.made_of(type, value)
    ready = {"range": declared.giving(list[int]), "dict": declared.giving(dict[str, Sequence[str]])}
    return declared.function(value) if isinstance(value, FunctionType) and name not in ready else ready.get(name, Any)
