"""What goes when: housekeeping of what grows with time, and records whose time is over."""
