"""Rows of the policy: brands, products, pictures, files."""

from cuelight.accounts.policy import register

register("catalog.read", "see products", to="admin producer cataloger catalog")
register("catalog.edit", "change products", to="admin producer cataloger catalog", under="catalog.read")
register("catalog.import", "import products from a file", to="admin producer cataloger catalog", under="catalog.read")
register("catalog.connect", "connect a shop with the studio", to="admin", under="catalog.read")
