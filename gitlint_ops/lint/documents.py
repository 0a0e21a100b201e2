"""Source documents by place."""

from __future__ import annotations

from gitlint_ops.source import Document, SourceTree, Span

_YAML_ENDS = (".yaml", ".yml", ".json")


def is_yaml(tree: SourceTree, path: str) -> bool:
    """Whether a file is read as YAML: by its name, and not a chart's template."""
    return path.endswith(_YAML_ENDS) and tree.is_file(path) and not tree.is_chart_template(path)


def document_at(tree: SourceTree, span: Span) -> Document | None:
    """Give the YAML document that holds a span's first line; None in a file that is not read as YAML."""
    if not is_yaml(tree, span.path):
        return None
    documents = tree.read(span.path).documents
    return next((d for d in documents if d.line <= span.line <= d.end_line), None)
