"""The checks, one module a category. A check is ``def name(context: CheckContext) -> Iterator[Violation]``, named by a rule's ``check:``."""
