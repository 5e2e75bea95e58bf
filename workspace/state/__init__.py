"""What the workspace holds: its people and conversations, files, views, and what it has handed out for a while."""
