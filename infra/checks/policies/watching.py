"""Somebody is told: alerts name metrics that exist, reach a person, and every resource has its log."""

import json
import re
from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, get, must, records, texts
from infra.checks.platform_metrics import CATEGORIES, DIMENSIONS, METRICS, TIMES
from infra.checks.values import Deployed, Record

_LEAST_SEVERE: Final = 4
_IN_QUERY: Final = re.compile(r"\bname\s*==\s*'([^']*)'")


def alerts_name_metrics_that_exist(plan: Plan) -> Iterator[Finding]:
    check = alerts_name_metrics_that_exist.__name__
    types = {each.id: each.type for each in plan.resources}
    for alert in plan.of("Microsoft.Insights/metricAlerts"):
        watched = [types.get(target, "nothing") for target in texts(get(alert, "properties", "scopes"))]
        for criterion in records(get(alert, "properties", "criteria", "allOf")):
            namespace, metric = str(criterion.get("metricNamespace")), str(criterion.get("metricName"))
            if [namespace] != watched:
                yield _wrong(alert, check, f"watches {watched}, but measures {namespace}")
            if metric not in METRICS.get(namespace, frozenset()):
                yield _wrong(alert, check, f"{namespace} has no metric {metric!r}")
            unknown = {str(each.get("name")) for each in records(criterion.get("dimensions"))} - DIMENSIONS
            if unknown:
                yield _wrong(alert, check, f"{metric} has no dimension {sorted(unknown)}")
    for alert in plan.of("Microsoft.Insights/scheduledQueryRules"):
        for criterion in records(get(alert, "properties", "criteria", "allOf")):
            yield from _query(plan, alert, str(criterion.get("query")), check)


def alerts_look_at_times_that_azure_offers(plan: Plan) -> Iterator[Finding]:
    """A window that Azure does not offer is refused only when it is deployed."""
    check = alerts_look_at_times_that_azure_offers.__name__
    for alert in (*plan.of("Microsoft.Insights/scheduledQueryRules"), *plan.of("Microsoft.Insights/metricAlerts")):
        times = [str(get(alert, "properties", name)) for name in ("evaluationFrequency", "windowSize")]
        if not TIMES.issuperset(times):
            yield amiss(alert, check, f"looks every {times[0]} at {times[1]}", "properties", "windowSize")
        severity = get(alert, "properties", "severity")
        if not isinstance(severity, int) or not 0 <= severity <= _LEAST_SEVERE:
            yield amiss(alert, check, f"severity {severity} is not from 0 to 4", "properties", "severity")


def alerts_reach_somebody(plan: Plan) -> Iterator[Finding]:
    check = alerts_reach_somebody.__name__
    groups = {each.id for each in plan.of("Microsoft.Insights/actionGroups")}
    for group in plan.of("Microsoft.Insights/actionGroups"):
        yield from must(group, check, "properties", "enabled", be=True)
        if not records(get(group, "properties", "emailReceivers")):
            yield amiss(group, check, "tells nobody", "properties")
    for alert in (*plan.of("Microsoft.Insights/scheduledQueryRules"), *plan.of("Microsoft.Insights/metricAlerts")):
        told = get(alert, "properties", "actions")
        ids = (
            texts(told.get("actionGroups"))
            if isinstance(told, Record)
            else [e.get("actionGroupId") for e in records(told)]
        )
        if not ids or not groups.issuperset(ids):
            yield amiss(alert, check, "tells nobody", "properties", "actions")
        yield from must(alert, check, "properties", "enabled", be=True)


def the_workbook_shows_metrics_that_exist(plan: Plan) -> Iterator[Finding]:
    check = the_workbook_shows_metrics_that_exist.__name__
    for workbook in plan.of("Microsoft.Insights/workbooks"):
        text = str(get(workbook, "properties", "serializedData"))
        try:
            items = json.loads(text)["items"]
        except (ValueError, KeyError):
            yield amiss(workbook, check, "is not the JSON of a workbook", "properties")
            continue
        for item in items:
            for name in set(_IN_QUERY.findall(item["content"].get("query", ""))) - plan.metrics:
                yield amiss(workbook, check, f"shows {name!r}, which is not in infra/metrics.json", "properties")


def every_resource_has_its_log(plan: Plan) -> Iterator[Finding]:
    check = every_resource_has_its_log.__name__
    workspaces = {each.id for each in plan.of("Microsoft.OperationalInsights/workspaces")}
    for kind, known in CATEGORIES.items():
        for resource in plan.of(kind):
            settings = plan.on(resource, "Microsoft.Insights/diagnosticSettings")
            if not settings and not plan.children(resource, "fileServices/shares"):
                yield amiss(resource, check, "has no diagnostic settings")
            for each in settings:
                if get(each, "properties", "workspaceId") not in workspaces:
                    yield amiss(each, check, "goes to no workspace of this deployment", "properties", "workspaceId")
                logs, metrics = (records(get(each, "properties", name)) for name in ("logs", "metrics"))
                if not logs or not metrics:
                    yield amiss(each, check, "takes no logs, or no metrics", "properties")
                listed = (*logs, *metrics)
                if unknown := {str(category.get("category")) for category in listed} - known:
                    yield amiss(each, check, f"{kind} has no category {sorted(unknown)}", "properties")


def the_budget_speaks_in_time(plan: Plan) -> Iterator[Finding]:
    check = the_budget_speaks_in_time.__name__
    if not plan.of("Microsoft.Consumption/budgets"):
        yield Finding(plan.outputs.at, check, "there is no budget")
    for budget in plan.of("Microsoft.Consumption/budgets"):
        start = str(get(budget, "properties", "timePeriod", "startDate"))
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])-01", start):
            yield amiss(budget, check, f"must start on the first of a month, not {start!r}", "properties", "timePeriod")
        if "Forecasted" not in str(get(budget, "properties", "notifications")):
            yield amiss(budget, check, "speaks only when the money is gone", "properties", "notifications")


def _query(plan: Plan, alert: Deployed, query: str, check: str) -> Iterator[Finding]:
    names = set(_IN_QUERY.findall(query))
    lines = [line for line in query.splitlines() if not line.startswith("//")]
    if not names or lines[:1] != ["customMetrics"]:
        yield _wrong(alert, check, "does not ask customMetrics for a metric by name")
    for name in sorted(names - plan.metrics):
        yield _wrong(alert, check, f"asks for {name!r}, which is not in infra/metrics.json")
    if not re.search(r"\bvalue\s*=", query):
        yield _wrong(alert, check, "its query makes no column `value`")


def _wrong(alert: Deployed, check: str, message: str) -> Finding:
    return amiss(alert, check, message, "properties", "criteria")
