"""The register in and out of Liaison: one flat format of sheets, in YAML, CSV and XLSX.

`reading` turns a file into rows, `planning` says what they would add and change, and `applying` does it. `sheets`
declares the format once.
"""
