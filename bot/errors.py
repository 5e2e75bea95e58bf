"""Failures that a person can act on."""


class UserError(Exception):
    """One sentence that says what was wrong and what to do, and the form field it belongs to.

    `example` is a whole command that would do, where one was typed.

    Subclasses are declared beside the functions that raise them. Any other exception is a fault of ours: it is logged
    with a reference, and the person gets that reference.
    """

    sentence: str
    field: str | None
    example: str = ""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
