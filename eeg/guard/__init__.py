"""The proof, before anything is scored, that what was fitted saw no more than it may."""
