"""The people who use Liaison: their leave, changes to their Slack accounts, and setting Liaison up."""
