"""The only code that sees `snakemake`: each script reads, calls one function and writes."""
