"""What settles a contract's options to extend, change memos and rectification plans."""
