"""The register in and out of Liaison: one flat format of sheets, in YAML, CSV and XLSX.

`reading` turns a file into rows, `planning` says what they would add and change, `applying` does it, and
`exporting` writes the register back. `sheets` declares the format once, and README.md here describes it.
"""
