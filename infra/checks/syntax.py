"""What tree-sitter-bicep makes of a file, as far as it needs a second look."""

from collections.abc import Iterator

from tree_sitter import Node as Syntax


def named(syntax: Syntax) -> list[Syntax]:
    return [child for child in syntax.named_children if child.type != "comment"]


def text(syntax: Syntax) -> str:
    return (syntax.text or b"").decode()


def broken(syntax: Syntax) -> Iterator[Syntax]:
    """Where the grammar had to guess, deepest first seen."""
    if syntax.type == "ERROR" or syntax.is_missing:
        yield syntax
    elif syntax.has_error:
        for child in syntax.children:
            yield from broken(child)


def touching(items: list[Syntax]) -> Iterator[list[Syntax]]:
    """Items that stand together without a gap, as one list each."""
    group: list[Syntax] = []
    for item in items:
        if group and group[-1].end_byte != item.start_byte:
            yield group
            group = []
        group.append(item)
    if group:
        yield group
