"""The Chromium that is installed, for the tests of the page and for what measures it: .ci/run installs the first."""

import shutil

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# No sandbox: it needs privileges that a container does not give. The rest keeps the browser off the network.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def find_chromium() -> str | None:
    """The path of the first that is there; None if there is none."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)
