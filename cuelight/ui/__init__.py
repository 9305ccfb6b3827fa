"""The shared look of the pages: base template, the ``{% island %}`` tag over Vite's manifest, error pages."""
