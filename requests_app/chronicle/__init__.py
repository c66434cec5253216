"""Requests of the past, written in bulk as if the actions had run: rows, log and statistics agree.

The demo's history and what is brought from the old system are told so. Alarm words, assignment and
service levels are not applied, and nobody is told event by event: a listener starts anew.
"""
