"""The gallery: a picture of everything that people read in Slack, for whoever edits the words."""
