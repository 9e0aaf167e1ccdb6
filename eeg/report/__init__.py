"""What people look at: figures, a page per subject, the overview and the methods text."""
