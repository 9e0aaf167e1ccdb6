"""What the script adds to the overview: rows sorted as numbers, chosen by column and words, all of it by key too."""

import pytest

from tests.browser.conftest import HOSTILE
from tests.browser.harness import visit

SCORES = "#scores ~ .table:has(table[data-choose]) >> nth=0"
CELLS = "(rows, n) => rows.map((row) => row.cells[n].textContent.trim().replace(/\\s+/g, ' '))"


@pytest.fixture
def page(browser, site):
    with visit(browser, site / "index.html") as opened:
        yield opened.page


def cells(page, column):
    return page.locator(SCORES).locator("tbody tr").evaluate_all(CELLS, column)


def field(page, label):
    return page.get_by_role("group", name="Choose rows of: Scores per trial").get_by_label(label)


def sort(table, column, order):
    """Press the key that sorts, and wait until it is done."""
    heading = table.get_by_role("columnheader", name=column)
    heading.get_by_role("button").press("Enter")
    table.locator(f"th[aria-sort={order}]").wait_for()
    assert heading.get_attribute("aria-sort") == order


def test_columns_sort_as_numbers_and_keep_their_marks(page):
    sort(page.locator(SCORES), "balanced accuracy", "ascending")
    found = cells(page, 3)
    numbers = [float(text.removesuffix(" LEAKY")) for text in found]
    assert numbers == sorted(numbers)
    leaky = [protocol.endswith("LEAKY") for protocol in cells(page, 2)]
    assert sum(leaky) == 16
    assert [text.endswith("LEAKY") for text in found] == leaky
    sort(page.locator(SCORES), "balanced accuracy", "descending")
    assert [float(text.removesuffix(" LEAKY")) for text in cells(page, 3)] == numbers[::-1]


def test_small_p_and_true_minus_signs_sort_as_numbers(page):
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    table = page.locator("table", has=page.get_by_text("Two models under one protocol"))
    sort(table, "difference", "ascending")
    rows = table.locator("tbody tr").evaluate_all(CELLS, 4)
    numbers = [float(text.removesuffix(" LEAKY").replace("−", "-")) for text in rows]
    assert numbers == sorted(numbers)
    assert numbers[0] < 0 < numbers[-1]


def test_rows_are_chosen_by_protocol_target_model_and_words(page):
    assert field(page, "protocol").locator("option").all_inner_texts() == [
        "all",
        "trial",
        "subject",
        "subject_video",
        "window LEAKY",
    ]
    field(page, "protocol").select_option("subject")
    assert set(cells(page, 2)) == {"subject"}
    field(page, "target").select_option("valence")
    assert cells(page, 1) == ["ccnn", "mlp", "svm", "majority (no EEG)", "video_prior (no EEG)"]
    assert "5 of 64 rows" in page.get_by_role("status").first.inner_text()
    field(page, "search").fill("ccnn")
    assert cells(page, 1) == ["ccnn"]
    field(page, "search").fill("")
    field(page, "protocol").select_option("all")
    field(page, "model").select_option("svm")
    assert cells(page, 2) == ["trial", "subject", "subject_video", "window LEAKY"]


def test_the_result_of_a_model_is_on_the_first_screen(page):
    first = page.locator("p.answer, p.caution")
    assert all(box["y"] + box["height"] <= 900 for box in (one.bounding_box() for one in first.all()))
    said = " ".join(first.all_inner_texts())
    assert "ccnn reaches" in said
    assert "under trial, chance is" in said


def test_without_javascript_tables_and_pictures_stand(browser, site):
    with visit(browser, site / "index.html", javascript=False) as opened:
        assert opened.page.locator("img").count() == 5
        assert opened.page.locator(SCORES).locator("tbody tr").count() == 64
        assert opened.page.locator(".choose").count() == 0


def test_markup_in_names_stays_text_in_what_the_script_adds(browser, site):
    with visit(browser, site / "hostile.html") as opened:
        assert opened.page.locator("img[src=x]").count() == 0
        field(opened.page, "model").select_option(HOSTILE)
        assert set(cells(opened.page, 1)) == {HOSTILE}
        assert opened.console == []


def test_a_script_that_is_not_ours_does_not_run(browser, site, tmp_path):
    page = (site / "index.html").read_text()
    (tmp_path / "index.html").write_text(page.replace("</h1>", "</h1><script>document.title = 'taken'</script>"))
    with visit(browser, tmp_path / "index.html") as opened:
        assert opened.page.title() == "EEG emotion recognition: what came out"
        assert "violates the following Content Security Policy" in opened.console[0]


def test_the_first_key_leads_past_the_head(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
