"""Open a page and note what its scripts throw."""


def open_page(context, address, wait_until="load"):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address, wait_until=wait_until)
    return page


def reload(page):
    """Reload; and again, as long as the page does not see what was stored before.

    When the machine is busy, Chromium at times shows an older state to a page at file://.
    """
    stored = page.evaluate("localStorage.length")
    for _ in range(5):
        page.reload()
        if page.evaluate("localStorage.length") >= stored:
            return
