"""Runs policies in a child process, so that a bad one costs its own verdict and nothing else."""

from governance.pipeline.runner.job import Job
from governance.pipeline.runner.runner import PolicyRunner

__all__ = ["Job", "PolicyRunner"]
