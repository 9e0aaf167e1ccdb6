"""Execute a notebook kept in text form: the same bits each time, and what libraries complain of in the log instead."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    from eeg.storage import writing

    notebook = jupytext.read(snakemake.input.notebook)
    place = {"metadata": {"path": Path.cwd()}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False, resources=place).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        outputs = cell.get("outputs", [])
        said = [one["text"] for one in outputs if one.get("name") == "stderr"]
        print(*said, sep="", end="")
        if said:
            cell["outputs"] = [one for one in outputs if one.get("name") != "stderr"]
    with writing(snakemake.output[0]) as temporary:
        nbformat.write(notebook, temporary)
