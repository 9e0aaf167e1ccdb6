"""EEG emotion recognition whose numbers can be trusted: from recordings to tables and pages."""
