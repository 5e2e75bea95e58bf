"""Writes the transcripts anew, and says what has changed: python -m tests.unit.transcripts"""

import sys

from tests.unit.transcripts import write

sys.stdout.write("\n".join([*write()] or ["People read what they have read before."]) + "\n")
