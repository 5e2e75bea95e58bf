"""Bank holidays beside the published ones, and what follows where they change: days, reminders, clocks and claims."""
