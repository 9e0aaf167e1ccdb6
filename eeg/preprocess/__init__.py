"""Steps from a recording to trials, one file each: functions from `mne.io.Raw` to a new one."""
