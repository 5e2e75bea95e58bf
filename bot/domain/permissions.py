"""What a person can do with a contract: the words of the policy (bot.access) and of the life cycles."""

from enum import StrEnum


class Permission(StrEnum):
    """What a person can do with a contract. The words complete "you can ..." in a sentence."""

    SEE = "see it"
    TELL = "tell the contract manager something"
    LOG_CONTACT = "log a contact"
    REPORT_PROGRESS = "report progress"
    GIVE_EVIDENCE = "give evidence of certificates"
    SUBMIT_PLAN = "submit rectification plans"
    ACCEPT_PROGRESS = "accept reports"
    COMMENT_CREDIT = "comment on service credits"
    WAIVE_CREDIT = "waive service credits"
    RAISE_RISK = "raise a risk"
    MANAGE_RISK = "assess risks"
    CHANGE = "change it"
    DECIDE = "decide on its options to extend and on what is escalated"
    INTERVENE = "review interventions"
    ENTER_LEVEL_2 = "enter interventions of level 1 or 2"
    ENTER_LEVEL_3 = "enter interventions of level 3"
    ENTER_LEVEL_4 = "enter interventions of level 4"
    DECLARE_FAILED = "declare a plan failed"
    APPROVE = "approve policies"
    APPOINT = "say who does what on it"
    BIND = "bind channels to it"
    ACKNOWLEDGE = "acknowledge memos"
    AUDIT = "plan visits and record findings"
    ANSWER_FINDINGS = "answer findings"
    TAKE_OVER = "take over what is escalated"
    CHASE = "chase its partner"
