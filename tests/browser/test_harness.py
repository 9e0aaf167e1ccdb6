"""What the harness is for it finds: each fault is put on a page of its own, and one without any passes."""

import pytest

from tests.browser.harness import problems, visit

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>t</title>'
    "<style>body {{ margin: 1rem; background: #fff; color: #111 }}</style></head>"
    '<body><h1>Title</h1><p>Some text with <strong>an</strong> <a href="#here">inner link</a>.</p>'
    '<p id="here">Here.</p>{}</body></html>'
)
WIDE = '<div style="overflow-x:auto" {}><div style="width:3000px">' + "wide " * 300 + "</div></div>"
FAULTS = {
    '<p style="margin-top:-2rem">Over it</p>': "overlap: p#here",
    '<div style="overflow:hidden;width:3rem;white-space:nowrap">This is too long</div>': "cut: div",
    '<p style="width:2000px;background:#eee">' + "word " * 90 + "</p>": "beyond the window: p",
    '<div style="width:2000px">x</div>': "the page is 20",
    WIDE.format(""): "scrolls, and no key reaches it",
    "<script>console.error('broken')</script>": "console error: broken",
    "<script>throw new Error('thrown')</script>": "error: thrown",
    "<script>alert('hello')</script>": "dialog: hello",
    '<img src="http://localhost:9/x.png" alt="a picture from elsewhere">': "asked for http://localhost:9/x.png",
    '<a href="gone.html">there</a>': "leads nowhere: gone.html",
    '<a href="#gone">there</a>': "leads nowhere: #gone",
    '<a href="https://example.org">there</a>': "leads nowhere: https://example.org",
    '<details><summary>More</summary><p style="color:#ccc">Pale</p></details>': 'contrast 1.6: p "Pale"',
    "<h3>Deep</h3>": "a heading of level 3 after one of level 1",
    "<table><tr><td>1</td></tr></table>": "a table without caption",
    "<table><caption>c</caption><tr><th>1</th></tr></table>": "a heading cell without scope",
    "<input>": "a field without label",
    '<img src="data:," alt="a picture of nothing at all">': "a picture that cannot be read",
    '<p id="here">Again</p>': "twice the same id: here",
}


def found(browser, folder, body):
    (folder / "page.html").write_text(PAGE.format(body))
    with visit(browser, folder / "page.html") as opened:
        return problems(opened)


@pytest.mark.parametrize("body", FAULTS)
def test_every_fault_is_found(browser, tmp_path, body):
    assert FAULTS[body] in "\n".join(found(browser, tmp_path, body))


@pytest.mark.parametrize(
    "body", ["", WIDE.format('tabindex="0"'), "<details><summary>More</summary><p>x</p></details>"]
)
def test_a_page_without_faults_passes(browser, tmp_path, body):
    assert found(browser, tmp_path, body) == []
