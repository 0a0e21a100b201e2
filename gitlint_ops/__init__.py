"""gitlint-ops: a policy linter and pre-merge validator for GitOps repositories."""

__all__ = ["__version__"]

__version__ = "0.1.0"
