"""Importing and exporting the register: one flat format of sheets, in YAML, CSV and XLSX.

`reading` turns a file into rows, `planning` finds what they would add and change, `applying` does it, and `exporting`
writes the register. `sheets` declares the format, and README.md in this folder describes it.
"""
