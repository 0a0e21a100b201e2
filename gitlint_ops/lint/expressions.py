"""The CEL binding: expressions that are type-checked before anything runs, and values that stay converted.

Measured on a Deployment with two containers: cel-expr-python (Google's cel-cpp) converts it once in 35 us, then takes
2 us a rule; common-expression-language (cel-rust) takes 325 us a rule and sees a wrong name or type only while it runs.
No expression runs for ages: ``matches`` is RE2, linear in its text, and one evaluation has at most 10,000 iterations.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_MAPPINGS = ("object", "pod", "pod_metadata", "container", "security", "environment", "options")
VARIABLES = (*_MAPPINGS, "role", "item")
"""What an expression may use; which of them have a value depends on the rule's ``match``."""
_USES_OPTIONS = re.compile(r"(?<![\w.])options\b")
_ERROR = re.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<text>[^\n]*)")
_UNDECLARED = re.compile(r"undeclared reference to '(?P<name>\w+)")
_STATUS = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")
_STRING_OR_COMMENT = re.compile(
    r"""[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*""", re.DOTALL
)
_NAME = re.compile(r"(?<![\w.])(?P<name>[A-Za-z_]\w*)\b(?!\s*\()(?:\.\??(?P<member>[A-Za-z_]\w*)\b(?!\s*\())?")
_COMPUTED = re.compile(r"""\[\s*[^\s\d'"\]]""")
"""An index that is no literal: the name of a field may then come from anywhere."""
_MISSING = re.compile(r'Key not found in map : "(?P<key>[^"]*)"')
_OPERANDS = re.compile(r"No matching overloads found : _(?P<operator>\W+)_\((?P<types>[^)]*)\)")
_PATTERN = re.compile(r"""\.matches\(\s*(?P<literal>[rR]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))\s*\)""")


class ExpressionError(Exception):
    """An expression is wrong: ``message`` says how; ``line`` is the 1-based line within its text."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class EvaluationError(Exception):
    """An expression does not fit the values that it was given; ``culprit`` is the field or operator, where known."""

    def __init__(self, message: str, culprit: str = "") -> None:
        super().__init__(message)
        self.culprit = culprit


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; ``program`` is the binding's."""

    program: Any

    def holds(self, values: Any) -> bool:
        """Evaluate on what ``Binding.values`` gave. Raises EvaluationError where the values do not fit."""
        try:
            given = self.program.eval(values)
        except RuntimeError as error:
            raise _explained(str(error)) from error
        result = given.value()
        if isinstance(result, bool):
            return result
        kind = given.type().name()
        # The value itself may be a secret.
        raise (
            _explained(str(result)) if kind == "ERROR" else EvaluationError(f"gives {kind.lower()}, not true or false")
        )


def _explained(text: str) -> EvaluationError:
    """Word what the binding says of an evaluation."""
    missing, operands = _MISSING.search(text), _OPERANDS.search(text)
    if missing:
        key = missing["key"]
        return EvaluationError(f"there is no '{key}'; read it with .?{key} and orValue(), or test it with has()", key)
    if operands:
        operator, types = operands["operator"], operands["types"].replace(", ", " and ").replace("int64", "int")
        return EvaluationError(f"'{operator}' does not take {types}; convert one, or test it with type()", operator)
    return EvaluationError(_STATUS.sub("", text))


def line_of_failure(text: str, culprit: str) -> int:
    """Give the 1-based line of an expression that failed over a field or an operator, 0 where several may have."""
    lines = [(number, line) for number, line in enumerate(_without_literals(text).split("\n"), 1) if line.strip()]
    if len(lines) > 1:
        if not culprit or _COMPUTED.search(text):
            return 0
        apart = r"\w" if culprit[0].isalnum() or culprit[0] == "_" else r"[<>=!&|+*/%-]"
        written = re.compile(rf"(?<!{apart}){re.escape(culprit)}(?!{apart})")
        lines = [(number, line) for number, line in lines if written.search(line)]
    return lines[0][0] if len(lines) == 1 else 0


def names_in(text: str) -> Iterator[tuple[str, str, int]]:
    """Give each variable of ours in an expression, the field that is read of it ('' for none), and its 1-based line."""
    plain = _without_literals(text)
    bound = set(re.findall(r"\(\s*(\w+)\s*,", plain))
    for found in _NAME.finditer(plain):
        # object.spec.list.all(item, ...) has an item of its own.
        if found["name"] in VARIABLES and found["name"] not in bound:
            yield found["name"], found["member"] or "", 1 + plain.count("\n", 0, found.start())


def _without_literals(text: str) -> str:
    """Blank the strings and comments of an expression; every line stays where it is."""
    return _STRING_OR_COMMENT.sub(lambda found: "''" + "\n" * found[0].count("\n"), text)


class Binding:
    """A CEL environment for some rules: they share the converted values, and each has its own ``options``."""

    def __init__(self, rules: int = 0) -> None:
        self._environment = _environment(rules)

    def compile(self, text: str, rule: int | None = None) -> Expression:
        """Compile an expression that gives true or false; ``rule`` is the rule's position, whose options are meant.

        Raises ExpressionError for a wrong syntax, an unknown name, a wrong type or a wrong regular expression.
        """
        program = self._compiled(text)
        given = program.return_type().name()
        if given not in ("BOOL", "DYN"):
            raise ExpressionError(f"gives {given.lower()}, not true or false")
        for pattern in _PATTERN.finditer(text):
            self._check_pattern(pattern["literal"], 1 + text.count("\n", 0, pattern.start()))
        if rule is not None and _USES_OPTIONS.search(text):
            program = self._compiled(f"cel.bind(options, options_{rule}, {text}\n)")
        return Expression(program)

    def values(self, variables: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
        """Take variables and options (by ``options_<position>``); each is converted once, when it is first used."""
        return self._environment.Activation(data={**options, **variables})

    def _compiled(self, text: str) -> Any:
        try:
            return self._environment.compile(text)
        except RuntimeError as error:
            raise _worded(error) from error

    def _check_pattern(self, literal: str, line: int) -> None:
        result = self._compiled(f'"".matches({literal})').eval(data={}).value()
        if not isinstance(result, bool):
            raise ExpressionError(f"matches({literal}): {_STATUS.sub('', str(result))}", line)


@cache
def _environment(rules: int) -> Any:
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings

    mappings = (*_MAPPINGS, *(f"options_{at}" for at in range(rules)))
    types = dict.fromkeys(mappings, cel.Type.Map(cel.Type.STRING, cel.Type.DYN))
    return cel.NewEnv(
        variables={**types, "role": cel.Type.STRING, "item": cel.Type.DYN},
        extensions=[ext_bindings.ExtBindings(), ext_optional.ExtOptional(), ext_strings.ExtStrings()],
    )


def _worded(error: RuntimeError) -> ExpressionError:
    found = _ERROR.search(str(error))
    if found is None:
        return ExpressionError(_STATUS.sub("", str(error)))
    text = found["text"].replace(" (in container '')", "")
    return ExpressionError(f"{text} (at column {found['column']}){_near_variable(text)}", int(found["line"]))


def _near_variable(text: str) -> str:
    name = _UNDECLARED.search(text)
    near = difflib.get_close_matches(name["name"], VARIABLES, 1) if name else []
    return f"; did you mean '{near[0]}'?" if near and name and near[0] != name["name"] else ""
