"""The whole experiment: from recordings to tables and pages. What is run stands in config.yaml, how in profiles/."""

from pathlib import Path

from eeg.plan import planned


configfile: Path(workflow.basedir) / "config.yaml"


report: "report/workflow.rst"


plan = planned(config, root=workflow.basedir)


wildcard_constraints:
    subject=r"s\d+",
    part=r"[sf]\d+",
    protocol=r"[a-z_]+",
    branch=r"\w+",
    target=r"\w+",
    model=r"\w+",
    application=r"\w+",


localrules:
    all,
    checks,


onstart:
    # By default Snakemake starts at most 100 jobs a second, and to do so looks for jobs again one second after each time
    # it looked, over and over for every job that ended: with some hundred of them that alone takes a core.
    limiter = workflow.scheduler.job_rate_limiter
    if limiter and (limiter.max_jobs, limiter.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


rule all:
    input:
        "results/reports/index.html",
        "results/reports/check.html",
        plan.parity_page,
        "results/scores.csv",
        "results/summary.csv",
        "results/comparisons.csv",
        "results/methods.md",
        "results/provenance.json",
        plan.notebooks.files,
        plan.source.collected,
        expand("results/reports/{subject}.html", subject=plan.subjects),
        plan.applications.files,
        plan.explaining.tables,


rule checks:
    input:
        expand("results/check/{subject}.json", subject=[*plan.subjects, "cohort"]),
        "results/reports/check.html",
        plan.parity_page,
    message:
        "the checks are done"


# ------------------------------------------------------------------------------------------------ recordings


rule simulate:
    output:
        plan.source.written,
        ratings="results/simulated/ratings/{subject}.csv",
        clean="results/simulated/truth/{subject}_raw.fif",
        truth="results/simulated/truth/{subject}.json",
    log:
        "results/logs/simulate/{subject}.log",
    benchmark:
        "results/benchmarks/simulate/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2000,
    params:
        settings=plan.simulated,
        flaws=plan.flaws,
        seed=plan.config.seed,
        code=plan.code("simulate"),
    message:
        "simulating the recording of {wildcards.subject}"
    script:
        "eeg/steps/simulate.py"


rule collect_ratings:
    input:
        expand("results/simulated/ratings/{subject}.csv", subject=plan.subjects),
    output:
        "results/simulated/metadata_csv/participant_ratings.csv",
    log:
        "results/logs/collect_ratings.log",
    benchmark:
        "results/benchmarks/collect_ratings.tsv"
    conda:
        "environment.yaml"
    params:
        code=plan.code("collect_ratings"),
    message:
        "collecting the simulated ratings of all subjects"
    script:
        "eeg/steps/collect_ratings.py"


rule check:
    input:
        recording=plan.source.recording,
        ratings=plan.source.ratings,
    output:
        "results/check/{subject}.json",
    log:
        "results/logs/check/{subject}.log",
    benchmark:
        "results/benchmarks/check/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        source=plan.source.reading,
        asked=plan.asked_of,
        code=plan.reading("check"),
    message:
        "checking the recording of {wildcards.subject}"
    script:
        "eeg/steps/check.py"


rule check_cohort:
    input:
        reports=expand("results/check/{subject}.json", subject=plan.subjects),
        ratings=plan.source.everyone,
    output:
        "results/check/cohort.json",
    log:
        "results/logs/check_cohort.log",
    benchmark:
        "results/benchmarks/check_cohort.tsv"
    conda:
        "environment.yaml"
    params:
        source=plan.source.reading,
        asked=plan.asked,
        paired=plan.source.paired,
        code=plan.reading("check_cohort"),
    message:
        "checking the recordings against each other"
    script:
        "eeg/steps/check_cohort.py"


rule check_page:
    input:
        reports=expand("results/check/{subject}.json", subject=plan.subjects),
        cohort="results/check/cohort.json",
    output:
        report(
            "results/reports/check.html",
            caption="report/check.rst",
            category="Recordings",
            labels={"what": "check"},
        ),
    log:
        "results/logs/check_page.log",
    benchmark:
        "results/benchmarks/check_page.tsv"
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        code=plan.drawing("check_page"),
    message:
        "writing the page of the checks"
    script:
        "eeg/steps/check_page.py"


rule parity:
    input:
        recording=plan.source.original,
        release=plan.source.release,
        ratings=plan.source.ratings,
    output:
        "results/parity/{subject}.json",
    log:
        "results/logs/parity/{subject}.log",
    benchmark:
        "results/benchmarks/parity/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        source=plan.source.reading,
        other=plan.source.other,
        trial=plan.config.trial.model_dump(),
        code=plan.reading("parity"),
    message:
        "comparing the recording of {wildcards.subject} with the release"
    script:
        "eeg/steps/parity.py"


rule parity_page:
    input:
        reports=expand("results/parity/{subject}.json", subject=plan.source.paired),
        cohort="results/check/cohort.json",
    output:
        report(
            "results/reports/parity.html",
            caption="report/parity.rst",
            category="Recordings",
            labels={"what": "beside the release"},
        ),
    log:
        "results/logs/parity_page.log",
    benchmark:
        "results/benchmarks/parity_page.tsv"
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        code=plan.drawing("parity_page"),
    message:
        "writing the page of the comparison with the release"
    script:
        "eeg/steps/parity_page.py"


# Subjects do not wait for each other again once the cohort has been looked at: one more reruns nothing of the others.
rule trial_table:
    input:
        ratings=plan.source.ratings,
        check="results/check/{subject}.json",
        parity=plan.parity,
        cohort=ancient("results/check/cohort.json"),
    output:
        "results/trials/{subject}.csv",
    log:
        "results/logs/trial_table/{subject}.log",
    benchmark:
        "results/benchmarks/trial_table/{subject}.tsv"
    conda:
        "environment.yaml"
    params:
        source=plan.source.reading,
        code=plan.reading("trial_table"),
    message:
        "listing the trials of {wildcards.subject}"
    script:
        "eeg/steps/trial_table.py"


# ------------------------------------------------------------------------------------------------ cleaning


rule downsample:
    input:
        recording=plan.source.recording,
        trials="results/trials/{subject}.csv",
        check="results/check/{subject}.json",
    output:
        recording=temp("results/recordings/downsampled/{subject}_raw.fif"),
        spectrum="results/recordings/downsampled/{subject}_spectrum.csv",
        recorded="results/recordings/recorded/{subject}_spectrum.csv",
    log:
        "results/logs/downsample/{subject}.log",
    benchmark:
        "results/benchmarks/downsample/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        source=plan.source.reading,
        settings=plan.config.preprocess.downsample.model_dump(),
        code=plan.reading("downsample"),
    message:
        "down-sampling {wildcards.subject}"
    script:
        "eeg/steps/downsample.py"


rule bandpass:
    input:
        "results/recordings/downsampled/{subject}_raw.fif",
    output:
        recording=temp("results/recordings/bandpassed/{subject}_raw.fif"),
        spectrum="results/recordings/bandpassed/{subject}_spectrum.csv",
    log:
        "results/logs/bandpass/{subject}.log",
    benchmark:
        "results/benchmarks/bandpass/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        settings=plan.config.preprocess.bandpass.model_dump(),
        code=plan.code("bandpass"),
    message:
        "band-pass filtering {wildcards.subject}"
    script:
        "eeg/steps/bandpass.py"


rule reference:
    input:
        "results/recordings/bandpassed/{subject}_raw.fif",
    output:
        recording=temp("results/recordings/referenced/{subject}_raw.fif"),
        spectrum="results/recordings/referenced/{subject}_spectrum.csv",
    log:
        "results/logs/reference/{subject}.log",
    benchmark:
        "results/benchmarks/reference/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        reference=plan.config.preprocess.reference,
        code=plan.code("reference"),
    message:
        "re-referencing {wildcards.subject}"
    script:
        "eeg/steps/reference.py"


rule remove_eog:
    input:
        referenced="results/recordings/referenced/{subject}_raw.fif",
        downsampled="results/recordings/downsampled/{subject}_raw.fif",
        truth=plan.truth,
    output:
        recording="results/recordings/cleaned/{subject}_raw.fif",
        spectrum="results/recordings/cleaned/{subject}_spectrum.csv",
        evidence="results/recordings/{subject}_eog.json",
        excerpt="results/recordings/{subject}_excerpt.npz",
    log:
        "results/logs/remove_eog/{subject}.log",
    benchmark:
        "results/benchmarks/remove_eog/{subject}.tsv"
    wildcard_constraints:
        subject=plan.joining(released=False),
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        settings=plan.config.preprocess.eog.model_dump(),
        band=plan.config.preprocess.bandpass.model_dump(),
        reference=plan.config.preprocess.reference,
        duration=plan.not_fitted,
        shown=plan.config.trial.duration,
        code=plan.code("remove_eog"),
    message:
        "removing eye movements from {wildcards.subject}"
    script:
        "eeg/steps/remove_eog.py"


rule segment:
    input:
        cleaned="results/recordings/cleaned/{subject}_raw.fif",
        trials="results/trials/{subject}.csv",
    output:
        "results/trials/{subject}_epo.fif",
    log:
        "results/logs/segment/{subject}.log",
    benchmark:
        "results/benchmarks/segment/{subject}.tsv"
    wildcard_constraints:
        subject=plan.joining(released=False),
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        trial=plan.config.trial.model_dump(),
        code=plan.code("segment"),
    message:
        "cutting {wildcards.subject} into trials"
    script:
        "eeg/steps/segment.py"


rule segment_release:
    input:
        release=plan.source.recording,
        trials="results/trials/{subject}.csv",
        check="results/check/{subject}.json",
    output:
        epochs="results/trials/{subject}_epo.fif",
        evidence="results/recordings/{subject}_eog.json",
    log:
        "results/logs/segment_release/{subject}.log",
    benchmark:
        "results/benchmarks/segment_release/{subject}.tsv"
    wildcard_constraints:
        subject=plan.joining(released=True),
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        source=plan.source.reading,
        trial=plan.config.trial.model_dump(),
        code=plan.reading("segment_release"),
    message:
        "taking over the cleaned trials of {wildcards.subject}"
    script:
        "eeg/steps/segment_release.py"


# ------------------------------------------------------------------------------------------------ model input


rule windows:
    input:
        "results/trials/{subject}_epo.fif",
    output:
        array="results/inputs/{branch}/{subject}.npy",
        about="results/inputs/{branch}/{subject}.json",
        table="results/inputs/{branch}/{subject}.csv",
        moments="results/inputs/{branch}/{subject}.moments.npz",
    log:
        "results/logs/windows/{branch}/{subject}.log",
    benchmark:
        "results/benchmarks/windows/{branch}/{subject}.tsv"
    wildcard_constraints:
        branch="|".join(plan.branches("windows")) or "-",
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        settings=plan.branch,
        baseline=plan.config.trial.baseline,
        code=plan.code("windows"),
    message:
        "branch {wildcards.branch}: raw windows of {wildcards.subject}"
    script:
        "eeg/steps/windows.py"


rule entropy:
    input:
        "results/trials/{subject}_epo.fif",
    output:
        array="results/inputs/{branch}/{subject}.npy",
        about="results/inputs/{branch}/{subject}.json",
        table="results/inputs/{branch}/{subject}.csv",
        moments="results/inputs/{branch}/{subject}.moments.npz",
    log:
        "results/logs/entropy/{branch}/{subject}.log",
    benchmark:
        "results/benchmarks/entropy/{branch}/{subject}.tsv"
    wildcard_constraints:
        branch="|".join(plan.branches("entropy")) or "-",
    conda:
        "environment.yaml"
    threads: 1  # subjects run side by side; a profile's `set-threads` gives one job more, and changes no bit
    resources:
        mem_mb=1500,
    params:
        settings=plan.branch,
        baseline=plan.config.trial.baseline,
        code=plan.defining,
    message:
        "branch {wildcards.branch}: differential entropy of {wildcards.subject}"
    script:
        "eeg/steps/entropy.py"


rule split:
    input:
        trials=plan.trial_tables,
        windows=plan.window_tables,
    output:
        table="results/splits/{protocol}/{branch}/{part}.csv",
        about="results/splits/{protocol}/{branch}/{part}.json",
    log:
        "results/logs/split/{protocol}/{branch}/{part}.log",
    benchmark:
        "results/benchmarks/split/{protocol}/{branch}/{part}.tsv"
    priority: 1
    conda:
        "environment.yaml"
    resources:
        mem_mb=1000,
    params:
        settings=plan.split,
        learnt=plan.learnt,
        code=plan.code("split"),
    message:
        "splitting {wildcards.part} under the protocol {wildcards.protocol} (branch {wildcards.branch})"
    script:
        "eeg/steps/split.py"


# One job a part: a job for a protocol and branch would rerun everyone's scalers, and so everyone's fits, for one more
# subject.
rule scale:
    input:
        split="results/splits/{protocol}/{branch}/{part}.csv",
        about="results/splits/{protocol}/{branch}/{part}.json",
        arrays=plan.arrays,
        windows=plan.window_tables,
        moments=plan.moments,
    output:
        "results/scalers/{protocol}/{branch}/{part}.npz",
    log:
        "results/logs/scale/{protocol}/{branch}/{part}.log",
    benchmark:
        "results/benchmarks/scale/{protocol}/{branch}/{part}.tsv"
    priority: 1
    conda:
        "environment.yaml"
    resources:
        mem_mb=1000,
    params:
        settings=plan.scaling,
        code=plan.code("scale"),
    message:
        "fitting the scalers of {wildcards.part} ({wildcards.protocol}, {wildcards.branch})"
    script:
        "eeg/steps/scale.py"


# Before training where it can be: it waits for every subject, but no fit waits for it, so that one subject whose files
# are broken stops nobody else's. Nothing is scored without it.
rule guard:
    input:
        trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
        splits=expand("results/splits/{cell}.csv", cell=plan.scaled()),
        about=expand("results/splits/{cell}.json", cell=plan.scaled()),
        scalers=expand("results/scalers/{cell}.npz", cell=plan.scaled()),
        arrays=expand(
            "results/inputs/{branch}/{subject}.npy",
            branch=plan.scalings,
            subject=plan.subjects,
        ),
        windows=expand(
            "results/inputs/{branch}/{subject}.csv",
            branch=plan.scalings,
            subject=plan.subjects,
        ),
        moments=expand(
            "results/inputs/{branch}/{subject}.moments.npz",
            branch=plan.scalings,
            subject=plan.subjects,
        ),
    output:
        "results/guard.json",
    log:
        "results/logs/guard.log",
    benchmark:
        "results/benchmarks/guard.tsv"
    priority: 1
    conda:
        "environment.yaml"
    resources:
        mem_mb=1000,
    params:
        settings=plan.scalings,
        code=plan.code("guard"),
    message:
        "proving what every scaler was fitted on"
    script:
        "eeg/steps/guard.py"


# ------------------------------------------------------------------------------------------------ models


for fit in plan.fits:

    rule:
        name:
            fit.name
        input:
            trials=fit.trial_tables,
            arrays=fit.arrays,
            windows=fit.window_tables,
            splits=fit.splits,
            scalers=fit.scalers,
        output:
            predictions=expand(
                "results/predictions/{{protocol}}/{{target}}/{{model}}/{part}.parquet",
                part=fit.parts,
            ),
            records=expand(
                "results/fits/{{protocol}}/{{target}}/{{model}}/{part}.json",
                part=fit.parts,
            ),
            histories=expand(
                "results/history/{{protocol}}/{{target}}/{{model}}/{part}.csv",
                part=fit.parts,
            ),
            kept=directory(fit.kept),
        log:
            f"results/logs/fit/{{protocol}}/{{target}}/{{model}}/{fit.file}.log",
        benchmark:
            f"results/benchmarks/fit/{{protocol}}/{{target}}/{{model}}/{fit.file}.tsv"
        wildcard_constraints:
            protocol=fit.only(fit.protocols),
            model=fit.only(fit.models),
        conda:
            "environment.yaml"
        resources:
            mem_mb=fit.mem_mb,
            gpu=fit.gpu,
        params:
            settings=plan.fit,
            code=plan.fitting,
        message:
            f"fitting {{wildcards.model}} to {{wildcards.target}}: {fit.title}, protocol {{wildcards.protocol}}"
        script:
            "eeg/steps/fit.py"


rule predict:
    input:
        kept=plan.applications.kept,
        array=plan.applications.array,
        windows=plan.applications.windows,
        moments=plan.applications.moments,
        trials="results/trials/{subject}.csv",
    output:
        "results/applied/{application}/{subject}.parquet",
    log:
        "results/logs/predict/{application}/{subject}.log",
    benchmark:
        "results/benchmarks/predict/{application}/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2000,
        gpu=plan.gpus,
    params:
        code=plan.code("predict", "eeg.models._kept"),
    message:
        "applying kept models to {wildcards.subject} ({wildcards.application})"
    script:
        "eeg/steps/predict.py"


for protocol in plan.protocols:

    rule:
        name:
            f"yardsticks_{protocol}"
        input:
            trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
            splits=plan.trial_splits(protocol),
        output:
            predictions=plan.tested_by_yardsticks(protocol),
            records=plan.records_of_yardsticks(protocol),
        log:
            f"results/logs/yardsticks/{protocol}.log",
        benchmark:
            f"results/benchmarks/yardsticks/{protocol}.tsv"
        conda:
            "environment.yaml"
        params:
            protocol=protocol,
            targets=plan.labelled(),
            seed=plan.config.seed,
            code=plan.predicting,
        message:
            f"predicting without EEG under the protocol {protocol}"
        script:
            "eeg/steps/yardsticks.py"


# ------------------------------------------------------------------------------------------------ numbers and pages


rule guard_fits:
    input:
        predictions=plan.tested_by_models(),
        records=plan.records(),
        yardsticks=plan.tested_by_yardsticks(),
        went_by=plan.records_of_yardsticks(),
        splits=expand("results/splits/{cell}.csv", cell=plan.divided()),
        about=expand("results/splits/{cell}.json", cell=plan.divided()),
        scalers=expand("results/scalers/{cell}.npz", cell=plan.scaled()),
        trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
        windows=expand(
            "results/inputs/{branch}/{subject}.csv",
            branch=plan.scalings,
            subject=plan.subjects,
        ),
        guard="results/guard.json",
    output:
        "results/guard_fits.json",
    log:
        "results/logs/guard_fits.log",
    benchmark:
        "results/benchmarks/guard_fits.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=1500,
    params:
        held=plan.held,
        code=plan.code("guard_fits"),
    message:
        "proving that no fit was given what it tests, and that every label is its trial's"
    script:
        "eeg/steps/guard_fits.py"


rule refit:
    input:
        trials=plan.trial_tables,
        arrays=plan.arrays,
        windows=plan.window_tables,
        splits=plan.splits,
        scalers=plan.scalers,
        predictions="results/predictions/{protocol}/{target}/{model}/{part}.parquet",
        guard="results/guard_fits.json",
    output:
        "results/refits/{protocol}/{target}/{model}/{part}.parquet",
    log:
        "results/logs/refit/{protocol}/{target}/{model}/{part}.log",
    benchmark:
        "results/benchmarks/refit/{protocol}/{target}/{model}/{part}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2000,
    params:
        settings=plan.fit,
        draws=plan.config.scores.refits,
        stratified=plan.stratified,
        code=plan.refitting,
    message:
        "fitting {wildcards.model} to permuted {wildcards.target}: {wildcards.part}, protocol {wildcards.protocol}"
    script:
        "eeg/steps/refit.py"


rule score:
    input:
        trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
        predictions=plan.predictions(),
        refits=plan.refits,
        guard="results/guard_fits.json",
    output:
        scores="results/scores.csv",
        chance="results/chance.csv",
        calibration=report(
            "results/calibration.csv",
            caption="report/calibration.rst",
            category="Tables",
            labels={"what": "calibration"},
        ),
        confusion=report(
            "results/confusion.csv",
            caption="report/confusion.rst",
            category="Tables",
            labels={"what": "confusion"},
        ),
        pairs="results/pairs.csv",
    log:
        "results/logs/score.log",
    benchmark:
        "results/benchmarks/score.tsv"
    conda:
        "environment.yaml"
    threads: 4  # fewer where there are fewer cores; changes no bit
    resources:
        mem_mb=2500,
    params:
        method=plan.method,
        transductive=plan.transductive,
        code=plan.code("score"),
    message:
        "scoring every table of predictions against chance"
    script:
        "eeg/steps/score.py"


rule measure_leaks:
    input:
        epochs="results/trials/{subject}_epo.fif",
        trials="results/trials/{subject}.csv",
    output:
        "results/leaks/{subject}.parquet",
    log:
        "results/logs/measure_leaks/{subject}.log",
    benchmark:
        "results/benchmarks/measure_leaks/{subject}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=3000,
        gpu=plan.leaks.gpus,
    params:
        meter=plan.leaks.of_subject,
        baseline=plan.config.trial.baseline,
        code=plan.measuring,
    message:
        "leak meter: every combination of leaks on {wildcards.subject} and on noise"
    script:
        "eeg/steps/measure_leaks.py"


rule leaks:
    input:
        expand("results/leaks/{subject}.parquet", subject=plan.leaks.subjects),
    output:
        scores="results/leaks/scores.csv",
        arms="results/leaks/arms.csv",
        shares="results/leaks/shares.csv",
        summary=report(
            "results/leaks/summary.csv",
            caption="report/leaks.rst",
            category="Tables",
            labels={"what": "leaks"},
        ),
    log:
        "results/logs/leaks.log",
    benchmark:
        "results/benchmarks/leaks.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        settings=plan.leaks.over_subjects,
        code=plan.code("leaks"),
    message:
        "leak meter: what each leak is worth"
    script:
        "eeg/steps/leaks.py"


rule explain:
    input:
        trials=plan.trial_tables,
        arrays=plan.arrays,
        windows=plan.window_tables,
        splits=plan.splits,
        scalers=plan.scalers,
        predictions="results/predictions/{protocol}/{target}/{model}/{part}.parquet",
        guard=ancient("results/guard_fits.json"),
    output:
        "results/explanations/{protocol}/{target}/{model}/{part}.parquet",
    log:
        "results/logs/explain/{protocol}/{target}/{model}/{part}.log",
    benchmark:
        "results/benchmarks/explain/{protocol}/{target}/{model}/{part}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=plan.explaining.mem_mb,
        gpu=plan.explaining.gpus,
    params:
        settings=plan.fit,
        asked=plan.explaining.asked,
        code=plan.explained,
    message:
        "explaining {wildcards.model} on {wildcards.target}: {wildcards.part}, protocol {wildcards.protocol}"
    script:
        "eeg/steps/explain.py"


rule explanations:
    input:
        plan.explaining.parts,
    output:
        values="results/explanations.csv",
        summary=report(
            "results/explanations/summary.csv",
            caption="report/explanations.rst",
            category="Tables",
            labels={"what": "explanations"},
        ),
        sanity="results/explanations/sanity.csv",
    log:
        "results/logs/explanations.log",
    benchmark:
        "results/benchmarks/explanations.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        method=plan.method,
        code=plan.code("explanations"),
    message:
        "explanations over subjects, with their noise level"
    script:
        "eeg/steps/explanations.py"


rule compare:
    input:
        scores="results/scores.csv",
        chance="results/chance.csv",
        pairs="results/pairs.csv",
    output:
        summary=report(
            "results/summary.csv",
            caption="report/summary.rst",
            category="Tables",
            labels={"what": "summary"},
        ),
        comparisons=report(
            "results/comparisons.csv",
            caption="report/comparisons.rst",
            category="Tables",
            labels={"what": "comparisons"},
        ),
    log:
        "results/logs/compare.log",
    benchmark:
        "results/benchmarks/compare.tsv"
    conda:
        "environment.yaml"
    params:
        method=plan.method,
        yardsticks=plan.config.yardsticks,
        transductive=plan.transductive,
        code=plan.code("compare"),
    message:
        "comparing models and protocols over subjects"
    script:
        "eeg/steps/compare.py"


rule subject_report:
    input:
        trials="results/trials/{subject}.csv",
        epochs="results/trials/{subject}_epo.fif",
        check="results/check/{subject}.json",
        cohort="results/check/cohort.json",
        eog="results/recordings/{subject}_eog.json",
        stages=plan.source.stages,
        excerpt=plan.source.excerpt,
        entropy=plan.mapped,
        scalers=plan.mapped_scalers,
        scores="results/scores.csv",
        predictions=plan.tested,
        history=plan.curves,
        records=plan.own_records,
        explanations=plan.explaining.values,
    output:
        report(
            "results/reports/{subject}.html",
            caption="report/subject.rst",
            category="Subjects",
            labels={"what": "{subject}"},
        ),
    log:
        "results/logs/subject_report/{subject}.log",
    benchmark:
        "results/benchmarks/subject_report/{subject}.tsv"
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        bands=plan.marked,
        code=plan.drawing("subject_report"),
    message:
        "writing the page of {wildcards.subject}"
    script:
        "eeg/steps/subject_report.py"


rule overview:
    input:
        scores="results/scores.csv",
        summary="results/summary.csv",
        comparisons="results/comparisons.csv",
        checks=expand("results/check/{subject}.json", subject=plan.subjects),
        trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
        eog=expand("results/recordings/{subject}_eog.json", subject=plan.subjects),
        splits=expand("results/splits/{cell}.json", cell=plan.scaled()),
        fits=plan.records(),
        calibration="results/calibration.csv",
        confusion="results/confusion.csv",
        provenance="results/provenance.json",
        meter=plan.leaks.tables,
        explained=plan.explaining.tables,
    output:
        report(
            "results/reports/index.html",
            caption="report/overview.rst",
            category="Results",
            labels={"what": "overview"},
        ),
    log:
        "results/logs/overview.log",
    benchmark:
        "results/benchmarks/overview.tsv"
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        paired=plan.source.paired,
        notebooks=plan.notebooks.names,
        code=plan.drawing("overview"),
    message:
        "writing the overview"
    script:
        "eeg/steps/overview.py"


rule methods:
    input:
        summary="results/summary.csv",
        checks=expand("results/check/{subject}.json", subject=plan.subjects),
        trials=expand("results/trials/{subject}.csv", subject=plan.subjects),
        eog=expand("results/recordings/{subject}_eog.json", subject=plan.subjects),
        splits=expand("results/splits/{cell}.json", cell=plan.scaled()),
        fits=plan.records(),
        guard="results/guard.json",
        guard_fits="results/guard_fits.json",
    output:
        report(
            "results/methods.md",
            caption="report/methods.rst",
            category="Text",
            labels={"what": "methods and checklist"},
        ),
    log:
        "results/logs/methods.log",
    benchmark:
        "results/benchmarks/methods.tsv"
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        code=plan.code("methods", *plan.quoted),
    message:
        "writing the methods section"
    script:
        "eeg/steps/methods.py"


rule notebook:
    input:
        plan.notebooks.reads,
        notebook=Path(workflow.basedir) / "notebooks/{notebook}.py",
    output:
        notebook="results/notebooks/{notebook}.ipynb",
        page=report(
            "results/notebooks/{notebook}.html",
            caption="report/notebook.rst",
            category="Text",
            labels={"what": "notebook {notebook}"},
        ),
    log:
        "results/logs/notebook/{notebook}.log",
    benchmark:
        "results/benchmarks/notebook/{notebook}.tsv"
    conda:
        "environment.yaml"
    resources:
        mem_mb=2500,
    params:
        code=plan.notebooks.code,
    message:
        "executing the notebook {wildcards.notebook}"
    script:
        "eeg/steps/execute_notebook.py"


rule provenance:
    input:
        "results/summary.csv",
        plan.predictions(),
        plan.leaks.tables,
        plan.explaining.tables,
    output:
        "results/provenance.json",
    log:
        "results/logs/provenance.log",
    conda:
        "environment.yaml"
    params:
        config=plan.shown,
        scope=plan.scope,
        code=plan.code("provenance"),
    message:
        "recording where the numbers came from"
    script:
        "eeg/steps/provenance.py"
