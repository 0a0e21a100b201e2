"""Where a fault can stand in a chart and its values."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, MARK, Field, Files, Value, Whole

_METADATA = f"apiVersion: v2\nname: {HERE}\nversion: 1.0.0\n"
_FOR_PRODUCTION = "chart/values-prod.yaml"


def chart(fault: Value) -> dict[str, str]:
    """Give a chart whose own values are good."""
    return {
        "chart/Chart.yaml": _METADATA,
        "chart/templates/o.yaml": fault.chart_template,
        "chart/values.yaml": fault.default,
        **{f"chart/{path}": text for path, text in fault.chart.items()},
    }


def chart_values(fault: Value) -> Files:
    """The values file of one environment, over a chart's good default."""
    return {**chart(fault), _FOR_PRODUCTION: fault.line}


def chart_defaults(fault: Value) -> Files:
    """A chart's own values, which production's do not override."""
    return {**chart(fault), "chart/values.yaml": fault.line, _FOR_PRODUCTION: "{}\n"}


def subchart_values(fault: Value) -> Files:
    """Values that a chart gives to a chart inside it."""
    inner = {path.replace("chart/", "chart/charts/inner/"): text for path, text in chart(fault).items()}
    return {
        **inner,
        "chart/charts/inner/Chart.yaml": _METADATA.replace(HERE, "inner"),
        "chart/Chart.yaml": _METADATA,
        "chart/values.yaml": "{}\n",
        _FOR_PRODUCTION: f"inner:\n  {fault.line}",
    }


def templated_values(fault: Field) -> Files:
    """A value that is a template itself, and takes another value (tpl)."""
    return {
        **chart(fault),
        "chart/templates/o.yaml": fault.filled("{{ tpl .Values.outer . | toJson }}"),
        _FOR_PRODUCTION: f"outer: '{{{{ .Values.slot }}}}'\n{fault.line}",
    }


def chart_template(fault: Whole) -> Files:
    """A line of a chart's template."""
    return _written(fault.bad_object)


def chart_helper(fault: Whole) -> Files:
    """A line of a named template, which another template includes."""
    return {
        **_written('{{ include "whole" . }}\n'),
        "chart/templates/_whole.tpl": f'{{{{- define "whole" -}}}}\n{fault.bad_object}{{{{- end -}}}}\n',
    }


def template_default(fault: Field) -> Files:
    """The default of a value that nobody sets, in a chart's template."""
    value = fault.bad if fault.bad.startswith('"') else f'"{fault.bad}"'
    return _written(fault.filled(f"{{{{ .Values.slot | default {value} | toJson }}}}{MARK}"))


def _written(template: str) -> dict[str, str]:
    return {
        "chart/Chart.yaml": _METADATA,
        "chart/templates/o.yaml": template,
        "chart/values.yaml": "{}\n",
        _FOR_PRODUCTION: "{}\n",
    }
