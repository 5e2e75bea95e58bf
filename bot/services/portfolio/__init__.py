"""Importing and exporting the register: one flat format of sheets, in YAML, CSV and XLSX.

`reading` turns a file into rows, in `reading_process` for a file that was sent. `planning` finds what they would add
and change, `slices` divides that, and `writing` writes it slice by slice with `applying`. `exporting` writes the
register. docs/import.md describes the format.
"""
