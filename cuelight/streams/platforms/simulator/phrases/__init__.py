"""What the simulated audience says: one line each, all of it made up.

``{name}``, ``{short}``, ``{number}``, ``{price}`` and ``{sale}`` are of the product on air, ``{other}`` and
``{other_name}`` of another line of the lineup, ``{who}`` is somebody who spoke before.
"""


def each(block: str) -> tuple[str, ...]:
    """The lines of a block."""
    return tuple(line for line in block.strip().split("\n") if line)
