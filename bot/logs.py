"""Setting the log up, for every program of Liaison."""

import logging
import threading
from typing import TextIO

from bot.log_lines import OURS, JsonLines, TextLines

log = logging.getLogger(__name__)


def set_up(form: str, level: str, stream: TextIO | None = None) -> None:
    """Write lines of Liaison from this level on, in JSON or as text, to standard error unless another stream is given.

    Of libraries only warnings and errors are written: at a lower level some of them write what people typed.
    """
    # No line has these, and to find them out takes as long as the rest (docs.python.org/3/howto/logging, Optimization).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # documented there
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in OURS:
        logging.getLogger(ours).setLevel(level.upper())
    # jobs.runner writes the fault of a job, with its reference.
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
    threading.excepthook = note_fault_of_thread


def note_fault_of_thread(fault: threading.ExceptHookArgs) -> None:
    """Write it to the log, where Python itself would print it with all of its words."""
    name = fault.thread.name if fault.thread is not None else "gone"
    log.critical("the thread %s ended with a fault", name, exc_info=fault.exc_value)
