"""One structured line per event, on stderr or in a file: JSON for machines, text for people."""

import logging.config
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

from settings.env import Environment


def without_colours(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop the second, coloured text that uvicorn adds to its lines."""
    event.pop("color_message", None)
    return event


def encoded(event: EventDict, default: Callable[[Any], Any], **_: Any) -> str:
    """Return one line of JSON, whatever the event holds."""
    return orjson.dumps(event, default=default, option=orjson.OPT_NON_STR_KEYS).decode()


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    without_colours,
]
JSON: list[Processor] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(serializer=encoded),
]


def text() -> list[Processor]:
    """Lines for a person; colours only where somebody watches."""
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    ]


def transports(environment: Environment) -> list[str]:
    """Where lines go: what LOG_TRANSPORTS says, else what the two older switches say."""
    if environment.log_transports is not None:
        return environment.log_transports
    switches = {"console": environment.log_enable_console, "file": environment.log_enable_file}
    return [name for name, is_on in switches.items() if is_on]


def log_file(environment: Environment) -> Path:
    """The file of this process: of its own name, so that two nodes may share a folder."""
    folder = environment.log_directory or environment.data_dir / "logs"
    return folder / f"{environment.instance_id or 'bellhop'}.log"


def logging_settings(*, level: str, form: str, ways: Sequence[str], file: Path) -> dict[str, Any]:
    """Django's LOGGING: everything through one formatter, to each of the ways out."""
    renderers = JSON if form == "json" else text()
    handlers: dict[str, dict[str, Any]] = {
        "console": {"class": "cluster.lines.SteadyHandler", "formatter": "structured"},
        "file": {"class": "cluster.lines.SteadyFile", "formatter": "structured", "filename": str(file)},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
            },
        },
        "handlers": {name: handlers[name] for name in ways},
        "root": {"handlers": [*ways], "level": level},
        "loggers": {
            # Our middleware writes the one line a request gets; these would repeat it.
            "django.server": {"handlers": [], "propagate": False},
            "uvicorn.access": {"handlers": [], "propagate": False},
            "uvicorn.error": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: set up the standard library's loggers and structlog over them."""
    logging.config.dictConfig(settings)
    # Nobody prints these, and looking up the caller's line and thread is a third of a line's cost
    # (the standard library's Logging Cookbook, "Optimization").
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
