"""Lists in lists from the flat tree of a version."""

from django import template

from taxonomy.queries import Node

register = template.Library()


@register.filter
def with_ends(nodes: list[Node]) -> list[tuple[Node, range]]:
    """Each node with one step for every level that ends after it."""
    after = [node.depth for node in nodes[1:]] + [0]
    return [(node, range(node.depth - depth)) for node, depth in zip(nodes, after, strict=True)]
