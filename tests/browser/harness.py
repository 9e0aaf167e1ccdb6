"""Drives finished pages in Chromium and says what is wrong with them: what overlaps, is cut, fails or reaches out."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
LOOK, READ = ((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("look.js", "read.js"))
READY = "() => !document.querySelector('script[type=module]') || 'enhanced' in document.documentElement.dataset"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true })"


@dataclass
class Visit:
    """A page that is open in the browser: `page` is Playwright's, `console` and `requests` what it did meanwhile."""

    file: Path
    page: object
    console: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def reached_out(self):
        """Return every address that was asked for but the page's own file and what it holds itself."""
        return [url for url in self.requests if url != self.file.as_uri() and not url.startswith(("data:", "blob:"))]


@contextmanager
def visit(browser, file, *, width=1280, scheme="light", javascript=True, media="screen"):
    """Open a file as a reader of that window, colour scheme and medium has it; waits until its scripts have run."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=javascript
    )
    opened = Visit(Path(file), context.new_page())
    opened.page.on("console", lambda said: opened.console.append(f"console {said.type}: {said.text}"))
    opened.page.on("pageerror", lambda error: opened.console.append(f"error: {error}"))
    opened.page.on("dialog", lambda dialog: (opened.console.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.emulate_media(media=media)
    opened.page.goto(opened.file.as_uri())
    if javascript:
        opened.page.wait_for_function(READY)
    try:
        yield opened
    finally:
        context.close()


def problems(opened):
    """Return what is wrong with an open page, one sentence each: as it opens, and with every fold-out open."""
    found = opened.page.evaluate(LOOK)
    opened.page.evaluate(OPEN_ALL)
    found += opened.page.evaluate(LOOK) + opened.page.evaluate(READ)
    found += opened.console + [f"asked for {url}" for url in opened.reached_out()] + broken_links(opened)
    return list(dict.fromkeys(found))


def broken_links(opened):
    """Return the links of an open page that lead nowhere: to no file, or to a place the page does not have."""
    hrefs = opened.page.evaluate("() => [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))")
    ids = opened.page.evaluate("() => [...document.querySelectorAll('[id]')].map((one) => one.id)")
    return [f"leads nowhere: {href}" for href in dict.fromkeys(hrefs) if not _resolves(href, opened.file, ids)]


def _resolves(href, file, ids):
    link = urlsplit(href)
    if link.scheme or link.netloc:
        return False
    if link.path:
        return (file.parent / unquote(link.path)).is_file()
    return unquote(link.fragment) in ids
