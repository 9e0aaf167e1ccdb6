"""Execute a notebook kept in text form; it reads results and writes nothing."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    from eeg.storage import writing

    notebook = jupytext.read(snakemake.input.notebook)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": Path.cwd()}}).execute()
    with writing(snakemake.output[0]) as temporary:
        nbformat.write(notebook, temporary)
