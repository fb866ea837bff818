"""What the figures are, as plain typed objects: the same for pages, API and exports."""
