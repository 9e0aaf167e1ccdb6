"""Execute a notebook kept in text form, and make a page of it; what libraries complain of goes to the log instead."""

from pathlib import Path

from eeg.steps.job import job

with job(snakemake):
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    from eeg import provenance
    from eeg.report.notebook import notebook_page
    from eeg.results import open_results
    from eeg.storage import write_text, writing

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
    with writing(snakemake.output.notebook) as temporary:
        nbformat.write(notebook, temporary)
    origin = provenance.origin(Path(__file__).parent)
    page = notebook_page(notebook, snakemake.wildcards.notebook, open_results("results"), provenance=origin)
    write_text(snakemake.output.page, page)
