"""A service that acts for somebody asks the policy, and a handler reaches the record through such services alone."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.builders import ROOT

SERVICES = ROOT / "bot" / "services"
ASKING = {
    "require",
    "require_if_seen",
    "require_on_register",
    "require_addressee",
    "may",
    "may_on_register",
    "contracts_open_to",
    "open_to",
    "scope",
    "abilities",
}
# What a handler may ask without an actor: a reference, which every service then checks; one of the KPIs it was given.
OPEN = {("lookup.contracts", "reference_of_channel"), ("progress.reports", "find_kpi")}
# Which of the ids that it was given are new; and what somebody does who is not in the register yet.
OPEN |= {("portfolio.reading_process", "FileReader"), ("portfolio.source", "too_large")}  # no record yet
OPEN |= {("lookup.people", "unknown_among"), ("people.setup", "whom_to_ask")}
OPEN |= {("people.setup", "check_may_begin"), ("people.setup", "begin")}
OPEN |= {("edit_conflicts", "last_entry")}  # how far the audit goes
# What a refusal says.
OPEN |= {("people.setup", "not_for_you"), ("progress.report_submission", "figure_error")}
OPEN |= {("reminders.answers", "not_this_way")}
OPEN |= {("progress.report_submission", "values_of")}  # what the form of a report that was asked for says
# Whether a message is about a report or a document, before anybody asks who wrote it.
OPEN |= {("progress.report_replies", "is_about_a_report"), ("progress.report_replies", "is_of_a_report")}
OPEN |= {("documents.threads", "is_of_a_document")}
# What is about the asker alone: everybody may see and keep what is their own.
OWN = {("people.leave", "own_leave"), ("people.leave", "cancel_leave")}
OWN |= {("edit_conflicts", "check")}  # of a record of which the service that calls it has asked
OWN |= {("given_files", "described")}  # a file of one's own
OWN |= {("pages.home", "note_opened")}  # one's own page, once it was drawn
OWN |= {("drafts", name) for name in ("save", "find", "discard", "set_aside", "offered")}

Named = tuple[str, str]


@cache
def functions() -> dict[Named, ast.FunctionDef]:
    """Every function of every service, by module and name."""
    return {
        (module_name(path), node.name): node
        for path in sorted(SERVICES.rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def module_name(path: Path) -> str:
    return path.relative_to(SERVICES).with_suffix("").as_posix().replace("/", ".")


@cache
def names_in(path: Path) -> dict[str, Named]:
    """What a module calls the services' modules and functions: local name -> (module, function or "")."""
    found: dict[str, Named] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.services"):
            inside = (node.module or "").removeprefix("bot.services").lstrip(".")
            for name in node.names:
                module = f"{inside}.{name.name}".lstrip(".")
                is_module = (SERVICES / f"{module.replace('.', '/')}.py").exists()
                found[name.asname or name.name] = (module, "") if is_module else (inside, name.name)
    return found


def calls(node: ast.AST, path: Path) -> set[Named]:
    """The services' functions that are called, or handed on, in a piece of code."""
    names, own, found = names_in(path), module_name(path) if path.is_relative_to(SERVICES) else "", set()
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            module, function = names[each.value.id]
            if not function:
                found.add((module, each.attr))
        elif isinstance(each, ast.Name):
            found.add(names.get(each.id, (own, each.id)))
    return found & functions().keys()


def takes_an_act(function: ast.FunctionDef) -> bool:
    first = function.args.args[0].annotation if function.args.args else None
    return isinstance(first, ast.Name) and first.id == "ActorContext"


@cache
def asks(named: Named) -> bool:
    """Whether a function asks the policy, itself or through another that it calls."""
    node, path = functions()[named], SERVICES / f"{named[0].replace('.', '/')}.py"
    itself = any(isinstance(each, ast.Attribute) and each.attr in ASKING for each in ast.walk(node))
    return itself or any(asks(called) for called in calls(node, path) if called != named)


@pytest.mark.parametrize("named", sorted(functions()), ids=".".join)
def test_every_public_service_with_an_actor_asks_what_they_may(named: Named) -> None:
    function = functions()[named]
    if takes_an_act(function) and not function.name.startswith("_"):
        assert asks(named) or named in OWN


# Slack's own notices, such as that a channel is shared now, are nobody's act.
ACTED_FOR_SOMEBODY = [path for path in sorted((ROOT / "handlers").glob("*.py")) if path.stem != "slack_events"]


@pytest.mark.parametrize("path", ACTED_FOR_SOMEBODY, ids=lambda path: path.stem)
def test_a_handler_reaches_the_record_with_an_actor_alone(path: Path) -> None:
    called = calls(ast.parse(path.read_text(encoding="utf-8")), path)
    assert [name for name in sorted(called - OPEN) if not takes_an_act(functions()[name])] == []


def test_there_is_something_to_hold() -> None:
    assert sum(takes_an_act(function) for function in functions().values()) > 20
    assert any(calls(ast.parse(path.read_text(encoding="utf-8")), path) for path in (ROOT / "handlers").glob("*.py"))
