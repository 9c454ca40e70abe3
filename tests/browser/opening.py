"""Open a page and note what its scripts throw."""


def open_page(context, address, wait_until="load"):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address, wait_until=wait_until)
    return page


def once_written(page, expression, key=None):
    """The value of an expression, of `key`, when what was done is stored: after the next frame."""
    later = f"""key => new Promise(done => requestAnimationFrame(() => setTimeout(() => setTimeout(
      () => done({expression})))))"""
    return page.evaluate(later, key)


KEPT = "Object.keys(localStorage).filter(key => key.startsWith('interview-progress')).length"


def reload(page):
    """Reload; and again, as long as the page does not see what was stored before.

    When the machine is busy, Chromium at times shows an older state to a page at file://.
    """
    kept = once_written(page, KEPT)
    for _ in range(5):
        page.reload()
        if once_written(page, KEPT) >= kept:
            return
