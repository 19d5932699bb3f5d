"""结果.json: the outcome for other programs, in the shape of contract 4. Unknown is null, never 0."""

from __future__ import annotations

import json
from decimal import Decimal

from workbook_builder import model as m
from workbook_builder import results as r
from workbook_builder.records import Evaluation
from workbook_builder.rules.items import Figure
from workbook_builder.summary.facts import plain_figure


def result_json(results: r.Results) -> bytes:
    """UTF-8 JSON, the keys and rows in a fixed order, numbers with at most 4 decimals, a newline at the end."""
    document = {
        "batch": results.batch,
        "stage": results.stage,
        "approved": results.reached.approved,
        "code": results.reached.code or None if results.is_final else None,
        "provisional": results.provisional,
        "pending": [pending.to_json() for pending in results.pending],
        "policies": [_policy(policy) for policy in results.scheme.policies],
        "standings": [_standing(results, standing) for standing in results.standings],
        "items": {name: _items(results, name) for name in results.assessments},
        "evaluation": {name: _evaluation(final.evaluation) for name, final in results.finals.items()},
        "decisions": [_decision(applied) for applied in results.decisions],
        "moved": [_moved(moved) for moved in results.moved],
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
    # Before review nothing of a section that has returned nothing is known; afterwards its reviewed figures stand.
    told = results.is_final or results.assessments[standing.section.name].returned is not None

    def value(figure: Figure | None) -> int | float | None:
        return json_number(figure.value) if figure is not None and told else None

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


def _items(results: r.Results, section: str) -> dict[str, dict[str, object]]:
    """Every item with its three figures; after review 突破底线 too, of which there is no self figure."""
    final = results.finals.get(section)
    if final is not None:
        return {
            key: {"self": _value(item.own), "review": _value(item.reviewed), "final": _value(item.final)}
            for key, item in final.items.items()
        }
    assessment = results.assessments[section]
    known = assessment.returned is not None
    return {
        key: {"self": _value(item.figure) if known else None, "review": None, "final": None}
        for key, item in assessment.score.section.items.items()
    }


def _value(figure: Figure | None) -> int | float | None:
    return None if figure is None else json_number(figure.value)


def _evaluation(evaluation: Evaluation | None) -> dict[str, object]:
    """The groups' means and the result; nothing from which a ballot could be told."""
    if evaluation is None:
        return {"result": None}
    return {**{g.group: json_number(g.mean) for g in evaluation.groups}, "result": json_number(evaluation.result)}


def _decision(applied: r.Applied) -> dict[str, object]:
    decision = applied.decision
    return {
        "kind": decision.kind,
        "section": decision.section,
        "object": decision.object,
        "from": decision.before,
        "to": decision.after,
        "reason": decision.reason,
        "basis": decision.basis,
        "date": None if decision.date is None else decision.date.isoformat(),
        "role": decision.role,
        "state": applied.state,
    }


def _moved(moved: r.Moved) -> dict[str, object]:
    return {
        "section": moved.section,
        "figure": moved.figure,
        "before": _json_figure(moved.before),
        "now": _json_figure(moved.now),
    }


def _json_figure(value: Decimal | int | str | None) -> int | float | str | None:
    found = plain_figure(value)
    return json_number(found) if isinstance(found, Decimal) else found
