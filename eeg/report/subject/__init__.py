"""The page of one subject: is the recording good, what was removed, what did the models make of it.

One file a section; `page.SECTIONS` is their order.
"""

from eeg.report.subject.facts import BandEntropy, SubjectFacts
from eeg.report.subject.page import subject_page

__all__ = ["BandEntropy", "SubjectFacts", "subject_page"]
