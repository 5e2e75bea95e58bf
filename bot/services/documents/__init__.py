"""What partners are told: memos and policies, issued in versions, and what becomes of them at each recipient."""
