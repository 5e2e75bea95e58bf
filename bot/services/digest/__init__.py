"""The weekly performance summaries of channels, and the monthly one of senior owners."""
