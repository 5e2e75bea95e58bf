"""The rules of contract management as pure functions: values in, values out, and no clock."""
