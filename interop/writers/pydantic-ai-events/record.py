"""Pydantic AI 1 in the first version of its format: messages as events, in one attribute."""

from pydantic_agent import record

record(version=1, event_mode='attributes')
