"""Open a page and note what its scripts throw."""


def open_page(context, address, wait_until="load"):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address, wait_until=wait_until)
    return page


# How many keys of ours there are, once what was done is written: after the next frame.
KEPT = """() => new Promise(done => requestAnimationFrame(() => setTimeout(() => setTimeout(() =>
  done(Object.keys(localStorage).filter(key => key.startsWith("interview-progress")).length)))))"""


def reload(page):
    """Reload; and again, as long as the page does not see what was stored before.

    When the machine is busy, Chromium at times shows an older state to a page at file://.
    """
    kept = page.evaluate(KEPT)
    for _ in range(5):
        page.reload()
        if page.evaluate(KEPT) >= kept:
            return
