"""结果.json: the outcome for other programs, in the shape of contract 4. Unknown is null, never 0."""

from __future__ import annotations

import json
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.rules.items import Figure


def result_json(results: r.Results) -> bytes:
    """UTF-8 JSON, the keys and rows in a fixed order, numbers with at most 4 decimals, a newline at the end."""
    document = {
        "batch": results.batch,
        "stage": results.stage,
        "provisional": results.provisional,
        "pending": [pending.to_json() for pending in results.pending],
        "policies": [_policy(policy) for policy in results.scheme.policies],
        "standings": [_standing(results, standing) for standing in results.standings],
        "items": {name: _items(assessment) for name, assessment in results.assessments.items()},
        "received": [received.to_json() for received in results.received],
        "missing": list(results.without_return),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "replace")


def json_number(value: Decimal | None) -> int | float | None:
    """A figure as JSON writes it: no float noise, and null where it is unknown or has no bound."""
    if value is None or not value.is_finite():
        return None
    value = round(value, 4)
    return int(value) if value == value.to_integral_value() else float(value)


def _policy(policy: m.Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "value": policy.value,
        "others": list(policy.others),
        "basis": policy.basis,
        "scores": policy.scores,
    }


def _standing(results: r.Results, standing: r.Standing) -> dict[str, object]:
    returned = results.assessments[standing.section.name].returned is not None

    def value(figure: Figure | None) -> int | float | None:
        return json_number(figure.value) if figure is not None and returned else None

    return {
        "section": standing.section.name,
        **{name: value(standing.parts.get(name)) for name in m.PARTS},
        m.EVALUATION: value(standing.evaluation),
        m.TOTAL: value(standing.total),
        "已定部分": json_number(standing.settled),
        "最低": json_number(standing.total.low),
        "最高": json_number(standing.total.high),
        "名次": standing.rank,
        "名次最好": standing.best,
        "名次最差": standing.worst,
        "等次": standing.grade or None,
    }


def _items(assessment: r.Assessment) -> dict[str, dict[str, object]]:
    known = assessment.returned is not None
    return {
        key: {"self": json_number(item.figure.value) if known else None, "review": None, "final": None}
        for key, item in assessment.score.section.items.items()
    }
