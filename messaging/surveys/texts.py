"""What a survey says: its texts filled from the contact and from the answers so far."""

from collections.abc import Mapping

from messaging import templates
from messaging.segments import MAX_CHARACTERS
from messaging.surveys.answers import Value, written
from messaging.surveys.definition import Choice, FreeText, Number, Question
from messaging.templates import TemplateError


def say(*sources: str | None, values: Mapping[str, object]) -> str:
    """The texts of these sources, each on lines of its own, as long as one message may be.

    A text that cannot be rendered with these values is said without its variables.
    """
    said = (_render(source, values) for source in sources if source)
    return "\n".join(text for text in said if text)[:MAX_CHARACTERS]


def _render(source: str, values: Mapping[str, object]) -> str:
    template = templates.compile_checked(source)
    try:
        return template.render(values).strip()
    except TemplateError:
        return template.fixed_text.strip()


def values_with(contact: Mapping[str, object], answers: Mapping[str, Value]) -> dict[str, object]:
    """The variables of a survey's texts: the contact's, and each answer by its step's key."""
    return {**contact, **{key: written(value) for key, value in answers.items()}}


def default_invalid(question: Question) -> str:
    """What is said to an answer that is none, where the survey does not say."""
    match question:
        case Number():
            return f"Please answer with a {'whole number' if question.whole else 'number'}{_range(question)}."
        case Choice():
            return f"Please answer with one of: {', '.join(option.label for option in question.options)}."
        case FreeText():
            return f"Please answer with a text of at most {question.longest} characters."
        case _:
            return "Please answer yes or no."


def _range(question: Number) -> str:
    if question.least is not None and question.most is not None:
        return f" from {question.least:g} to {question.most:g}"
    if question.least is not None:
        return f", {question.least:g} or more"
    return "" if question.most is None else f", {question.most:g} or less"
