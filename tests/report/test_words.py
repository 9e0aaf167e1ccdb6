"""The words beside numbers: what is to be known of a row before it is quoted."""

import pandas as pd

from eeg.report import words


def test_rows_of_the_summary_say_what_is_to_be_known_of_them():
    rows = [
        ("trial", "svm", "majority", ""),
        ("trial", "svm", "video_prior", "outside information: video_prior"),
        ("window", "ccnn", "video_prior", "LEAKY; outside information: video_prior"),
        ("window", "ccnn", "majority", "LEAKY"),
        ("subject", "svm", "video_prior", ""),
        ("trial", "video_prior", "", "outside information: video_prior"),
        ("pooled_window", "wide", "majority", "LEAKY; transductive scaling: wide"),
    ]
    table = pd.DataFrame(rows, columns=["protocol", "model", "yardstick", "expected"])
    found = words.noted(table, ["wide"])
    assert list(found)[-1] == "note"
    assert found["note"].tolist() == table["expected"].tolist()


def test_arms_of_the_leak_meter_say_it_though_they_name_no_model():
    rows = [
        ("trial", 0, ""),
        ("trial", 1, "transductive scaling"),
        ("window", 0, "LEAKY"),
        ("window", 1, "LEAKY; transductive scaling"),
    ]
    table = pd.DataFrame(rows, columns=["protocol", "scaler", "expected"])
    assert words.noted(table)["note"].tolist() == table["expected"].tolist()
    assert words.noted(table.drop(columns="scaler"))["note"].tolist() == ["", "", "LEAKY", "LEAKY"]


def test_rows_of_the_comparisons_say_it_too():
    rows = [
        ("trial", "svm", "wide", "transductive scaling: wide"),
        ("trial", "svm", "video_prior", "outside information: video_prior"),
        ("subject", "svm", "video_prior", ""),
        ("window", "window:wide", "trial:wide", "LEAKY; transductive scaling: wide"),
        ("trial|subject", "trial:svm", "subject:svm", ""),
    ]
    table = pd.DataFrame(rows, columns=["protocol", "a", "b", "expected"])
    assert words.noted(table, ["wide"])["note"].tolist() == table["expected"].tolist()
