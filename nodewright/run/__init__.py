"""Runs a workflow on hosts: threads, scripts, questions, reboots, Ctrl-C."""
