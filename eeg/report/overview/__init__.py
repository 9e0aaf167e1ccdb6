"""The overview: what came out, how much of it is the split, and what it took."""

from eeg.explanations import Explained
from eeg.report.leaks import MeterTables
from eeg.report.overview.facts import OverviewFacts, links, troubles
from eeg.report.overview.page import overview_page

__all__ = ["Explained", "MeterTables", "OverviewFacts", "links", "overview_page", "troubles"]
