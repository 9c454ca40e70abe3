"""Find a Chromium for the browser tests, installing one if need be, and print its path."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def from_apt() -> str | None:
    """Debian's package, where this user may install it."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return None
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
        if subprocess.run(command, stdout=sys.stderr).returncode:
            return None
    return on_path()


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    def installed() -> str | None:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
            return path if os.path.exists(path) else None

    if found := installed():
        return found
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    return installed() if subprocess.run(install, stdout=sys.stderr).returncode == 0 else None


def main() -> int:
    browser = on_path() or from_apt() or playwrights_own()
    if not browser:
        print("The tests need Chromium: install it and put it on the PATH.", file=sys.stderr)
        return 1
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
