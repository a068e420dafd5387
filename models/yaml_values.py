"""Truths and numbers as a YAML file may hold them; every function raises `DefinitionError`."""

import math

from ruamel.yaml.nodes import Node, ScalarNode

from models.yaml_source import YamlSource, kind_of


def true_of(source: YamlSource, node: Node, name: str) -> bool:
    """True or false."""
    if not isinstance(node, ScalarNode) or not str(node.tag).endswith(":bool"):
        raise source.refuse(node, f"{name} must be true or false, not {kind_of(node)}")
    return str(node.value).lower() in ("true", "yes", "on")


def number_of(source: YamlSource, node: Node, name: str) -> float:
    """Any number that is finite."""
    if not is_number(node):
        raise source.refuse(node, f"{name} must be a number, not {kind_of(node)}")
    try:
        value = float(node.value)
    except ValueError:  # YAML knows more ways to write a number: 0x10, 1:30
        value = math.nan
    if not math.isfinite(value):
        raise source.refuse(node, f"{name} must be a plain number, not {node.value}")
    return value


def count_of(source: YamlSource, node: Node, name: str, *, most: int) -> int:
    """A whole number from 1 to `most`."""
    value = number_of(source, node, name)
    if not (value.is_integer() and 1 <= value <= most):
        raise source.refuse(node, f"{name} must be a whole number from 1 to {most:,}, not {node.value}")
    return int(value)


def hours_of(source: YamlSource, node: Node, name: str) -> float:
    """Hours above 0, thirty days at most."""
    value = number_of(source, node, name)
    if not 0 < value <= 720:
        raise source.refuse(node, f"{name} must be above 0 and at most 720, not {node.value}")
    return value


def is_number(node: Node) -> bool:
    """Whether YAML takes what is written for a number."""
    return isinstance(node, ScalarNode) and str(node.tag).endswith((":int", ":float"))
