"""Of each table it is said whether an export has it: a new kind of record is exported, or left out on purpose."""

from sqlmodel import SQLModel

import bot.models  # noqa: F401  # fills SQLModel.metadata
from bot.records import SHEETS

# What stands in the sheet of the record that it is a part of.
WITH_ITS_RECORD = {"contact_person", "document", "document_version", "risk_assessment", "team"}
# What people keep, and an export does not have: docs/backup.md says so.
IN_A_BACKUP_ALONE = {
    *("certificate_evidence", "evidence_file", "finding_file", "earlier_account", "report_answer"),
    *("document_change", "document_exception", "document_question", "document_series", "more_time", "snooze"),
    *("escalation", "escalation_step", "reassessment", "stage_review"),
    *("risk_settings", "reminder_setting", "digest", "legal_hold"),
}
# What the bot keeps for its own work, or makes of the rest.
OF_THE_BOT = {
    *("calendar_basis", "chart_file", "credit_working", "credit_working_line", "digest_line", "digest_post"),
    *("direct_channel", "document_notice", "document_told", "form_draft", "home_change", "home_page"),
    *("job_heartbeat", "known_word", "occurrence", "outbox_message", "pinned_list", "receipt", "reminder"),
    *(
        "contract_removal",
        "reminder_line",
        "shared_channel",
        "slack_channel",
        "slack_user",
        "trail_entry",
        "trail_seal",
    ),
}


def test_of_each_table_it_is_said_whether_an_export_has_it() -> None:
    exported = [str(sheet.table.__tablename__) for sheet in SHEETS]
    told = [*exported, *WITH_ITS_RECORD, *IN_A_BACKUP_ALONE, *OF_THE_BOT]
    assert sorted(told) == sorted(SQLModel.metadata.tables)
