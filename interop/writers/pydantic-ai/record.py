"""Pydantic AI, in the default format of its version."""

from pydantic_agent import record

record()
