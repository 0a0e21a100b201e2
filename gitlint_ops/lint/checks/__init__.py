"""The checks, one module a topic; a rule names its own: ``def name(context: CheckContext) -> Iterator[Violation]``."""
