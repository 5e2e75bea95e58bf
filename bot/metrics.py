"""Metrics for a machine, in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # seconds; Slack gives up after 3

Labels = Mapping[str, str]


@dataclass
class _Bucketed:
    counts: list[int] = field(default_factory=lambda: [0] * len(BOUNDS))
    count: int = 0
    total: float = 0.0


class RequestMetrics:
    """The number and duration of answered requests, by kind and outcome."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], _Bucketed] = {}

    def note(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one answered request."""
        seen = self._seen.setdefault((kind, outcome), _Bucketed())
        seen.count += 1
        seen.total += seconds
        for place, bound in enumerate(BOUNDS):
            seen.counts[place] += seconds <= bound

    def lines(self) -> list[str]:
        """The requests as a histogram."""
        name = "liaison_request_duration_seconds"
        lines = _head(name, "histogram", "How long it took to answer what came from Slack.")
        for (kind, outcome), seen in sorted(self._seen.items()):
            labels = {"kind": kind, "outcome": outcome}
            limits = [*map(str, BOUNDS), "+Inf"]
            for limit, count in zip(limits, [*seen.counts, seen.count], strict=True):
                lines.append(_sample(f"{name}_bucket", {**labels, "le": limit}, count))
            lines.append(_sample(f"{name}_sum", labels, round(seen.total, 6)))
            lines.append(_sample(f"{name}_count", labels, seen.count))
        return lines


def gauge(name: str, about: str, samples: Iterable[tuple[Labels, float]]) -> list[str]:
    """The lines of a gauge and its samples."""
    return [*_head(name, "gauge", about), *(_sample(name, labels, value) for labels, value in samples)]


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"
