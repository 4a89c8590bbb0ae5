"""The page in a real browser: on a phone, at a desk, in the dark, on paper."""

from __future__ import annotations

import http.server
import re
import threading

import pytest

pytestmark = pytest.mark.functional

NAMES = ["success", "failure", "migrations", "error", "huge", "hostile"]

# The contrast of each text with what it stands on, worst first.
CONTRAST = r"""
(() => {
  const parse = (text) => {
    const parts = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
    const wide = text.startsWith('color(') ? 255 : 1;
    const [r, g, b] = parts.slice(0, 3).map(part => part * wide);
    return [r, g, b, parts.length > 3 ? parts[3] : 1];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(
      v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const under = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const colour = parse(style.backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(
      node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    if (element.closest('.vh, .skip')) continue;
    const style = getComputedStyle(element);
    const svg = element instanceof SVGElement;
    if (svg && element.tagName !== 'text') continue;
    const a = light(parse(svg ? style.fill : style.color));
    const b = light(under(element));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    found.push([ratio, element.tagName + '.' + element.className,
                element.textContent.slice(0, 30)]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 5);
})()
"""

WIDE = """
[...document.querySelectorAll('body *')].filter(
  element => element.getBoundingClientRect().right > innerWidth + 1
    && !element.closest('.scroll, .vh, .skip')
).map(element => element.outerHTML.slice(0, 90)).slice(0, 5)
"""


def quiet(browser) -> None:
    """Nothing was complained about, asked for, or popped up."""
    assert browser.seen("Log.entryAdded") == []
    assert browser.seen("Runtime.exceptionThrown") == []
    assert browser.seen("Runtime.consoleAPICalled") == []
    assert browser.seen("Page.javascriptDialogOpening") == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_it_fits_the_screen_and_can_be_read(browser, pages, name, width, dark):
    browser.open(pages[name], width=width, dark=dark)
    quiet(browser)
    requests = browser.seen("Network.requestWillBeSent")
    assert [sent["request"]["url"] for sent in requests] == [
        pages[name].as_uri()
    ]
    assert browser.evaluate("innerWidth") == width
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    if name != "huge":  # its lines are all alike
        browser.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        assert browser.evaluate(WIDE) == []
        worst = browser.evaluate(CONTRAST)
        assert worst[0][0] >= 4.5, worst


def test_the_dark_is_dark_and_paper_is_white(browser, pages):
    def background():
        return browser.evaluate("getComputedStyle(document.body).background")

    browser.open(pages["failure"], dark=True)
    assert "rgb(20, 21, 24)" in background()
    browser.open(pages["failure"], dark=True, media="print")
    assert "rgb(255, 255, 255)" in background()


def test_without_script_all_is_there(browser, pages):
    browser.open(pages["failure"], script=False)
    quiet(browser)
    assert browser.evaluate("document.scripts.length") == 0
    text = browser.evaluate("document.body.innerText")
    for words in ("Failure", "TH-MIGRATION-TIME", "412.3", "First error",
                  "maximum_migration_times", "PostgreSQL", "checkout",
                  "Traceback (most recent call last)"):  # fmt: skip
        assert words in text


def test_a_server_is_asked_for_the_page_alone(browser, pages):
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        timeout = 1  # browsers open connections ahead and say nothing

        def __init__(self, *args):
            super().__init__(*args, directory=str(pages["failure"].parent))

        def log_message(self, *args):
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="pages")
    thread.start()
    try:
        port = server.server_port
        browser.open(f"http://127.0.0.1:{port}/index.html")
        browser.screenshot(whole=False)
        quiet(browser)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == ["/index.html"]


def test_a_link_to_a_line_shows_that_line(browser, pages):
    fragment = "#shell_output.log-L17"
    browser.open(pages["failure"], fragment=fragment)
    line = f"document.getElementById('{fragment[1:]}')"
    assert browser.evaluate(f"{line}.matches(':target')")
    shade = f"getComputedStyle({line}).backgroundColor"
    assert browser.evaluate(shade) not in ("rgba(0, 0, 0, 0)", "")
    top = browser.evaluate(f"{line}.getBoundingClientRect().top")
    assert 0 <= top <= 800


def test_a_line_far_down_a_huge_log_is_reached(browser, pages):
    browser.open(pages["huge"], fragment="#shell_output.log-L399990")
    top = "document.querySelector(':target').getBoundingClientRect().top"
    assert 0 <= browser.evaluate(top) <= 800


def test_the_first_error_leads_to_its_line(browser, pages):
    browser.open(pages["huge"])
    link = "document.querySelector('#first-error p a')"
    browser.evaluate(f"{link}.click()")
    target = browser.evaluate("document.querySelector(':target').textContent")
    assert "fatal: disk" in target


def test_hostile_text_makes_no_element(browser, pages):
    browser.open(pages["hostile"])
    quiet(browser)
    for name in ("script", "img", "[onerror]", "[href^=javascript]"):
        found = f"document.querySelectorAll('{name}').length"
        assert browser.evaluate(found) == 0, name
    links = browser.evaluate("[...document.links].map(link => link.protocol)")
    assert set(links) <= {"file:", "http:", "https:"}


def test_paper_has_the_findings_and_not_the_whole_log(browser, pages):
    browser.open(pages["huge"], media="")
    pdf = browser.pdf()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
    browser.open(pages["failure"], media="print")
    visible = "document.querySelector('{}').checkVisibility()".format
    assert not browser.evaluate(visible("nav"))
    assert browser.evaluate(visible("#findings .card"))
    assert browser.evaluate(visible("details.fold .card"))


def test_headings_landmarks_and_names_are_in_order(browser, pages):
    for name in NAMES:
        browser.open(pages[name])
        levels = browser.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')]"
            ".map(found => Number(found.tagName[1]))"
        )
        assert levels[0] == 1 and levels.count(1) == 1
        steps = zip(levels, levels[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps)
        count = "document.querySelectorAll('{}').length".format
        for landmark in ("main", "body > header", "nav", "body > footer"):
            assert browser.evaluate(count(landmark)) == 1
        for missing in (
            "table:not(:has(caption))",
            "svg:not([aria-hidden]):not([aria-label])",
            "section:not([aria-labelledby])",
            "th:not([scope])",
        ):
            assert browser.evaluate(count(missing)) == 0, (name, missing)


def test_the_keyboard_skips_to_the_findings_and_sees_where_it_is(
    browser, pages
):
    browser.open(pages["failure"])
    browser.press("Tab", 9)
    active = "document.activeElement"
    assert browser.evaluate(f"{active}.className") == "skip"
    assert browser.evaluate(f"{active}.getBoundingClientRect().left") >= 0
    assert browser.evaluate(f"getComputedStyle({active}).outlineStyle") == (
        "solid"
    )
