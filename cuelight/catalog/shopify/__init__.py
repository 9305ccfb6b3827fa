"""A studio's shop at Shopify, read into its catalogue: one way, each hour and when the shop says that it changed.

Words: the *shop* is the connection, a *run* one sync, a *link* says which product there is which product here. The
shop leads, but for what people have changed here: fields in ``Product.hand_edited`` are left alone, products that were
taken away here stay away. What one run changed is one change set and can be taken back, which makes the fields that
were taken back hand-edited too.

`client` speaks GraphQL, `tokens` keeps its token, `graphql` is what is asked, `products` (pure) says what a product
there is here, `applying` writes it, `syncing` goes through a whole shop, `pictures` copies pictures, `webhooks` hears
what changes, `connecting` begins and ends it all.

Topic ``shopify:{studio_id}``, event ``changed``: the whole of `status.Status`.
"""
