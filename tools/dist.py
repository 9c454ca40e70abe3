"""The download of the book: its pages and the formula sheet as PDF, in one zip file."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HTML = Path("_build/html")
ARCHIVE = Path("_build/regularization-for-interviews")


def print_sheet(browser, html: Path, pdf: Path, paper: str) -> None:
    """Print the formula sheet on `paper`, "A4" or "Letter"."""
    page = browser.new_page()
    page.goto((html / "book/formula-sheet.html").resolve().as_uri())
    page.evaluate("document.fonts.ready")
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "10mm")
    page.pdf(path=pdf, format=paper, margin=margin)
    page.close()


def main() -> int:
    (chromium,) = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for paper in ("A4", "Letter"):
            print_sheet(browser, HTML, HTML / f"formula-sheet-{paper}.pdf", paper)
        browser.close()
    print("The download is", shutil.make_archive(str(ARCHIVE), "zip", HTML))
    return 0


if __name__ == "__main__":
    sys.exit(main())
