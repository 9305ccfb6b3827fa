"""Writes a large file for measuring the importer: ``python samples/make_large.py PATH [ROWS]``."""

import csv
import random
import sys
from pathlib import Path


def write(path: Path, rows: int) -> None:
    """``rows`` products in the importer's own layout, with quoted commas and line breaks."""
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "name", "talking_points", "original_price", "sale_price", "pid", "sku"])
        for number in range(1, rows + 1):
            original = chance.randrange(500, 20_000)
            points = f"- Number {number}, checked\\n- Weighs {chance.randrange(1, 90)} grams\n- Ships in two days"
            name = f"Product {number}, in {chance.choice(['gold', 'silver', 'rose'])}"
            prices = [f"${original / 100:.2f}", f"${original * 7 // 10 / 100:.2f}"]
            writer.writerow([number, name, points, *prices, str(10**17 + number), f"L-{number:06}"])


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
