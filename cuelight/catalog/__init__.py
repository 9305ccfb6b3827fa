"""Brands, products and their pictures, and how they come in from files.

Words: a *brand* belongs to a studio, a *product* to a brand; a product's *number* is the one printed on the team's
sheet, its *pid* the selling platform's id (text), its *sku* the seller's own. Prices are integer minor units of the
studio's currency. The picture at position 0 is the *primary* one; *thumbnail* and *placeholder* are made by a job.

Topic ``catalog:{studio_id}``, event ``product_changed {"product_ids": […]}``: something that a lineup could show of
these products may have changed.
"""
