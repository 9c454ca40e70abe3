"""Open a page and note what its scripts throw."""


def open_page(context, address, wait_until="load"):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address, wait_until=wait_until)
    return page
