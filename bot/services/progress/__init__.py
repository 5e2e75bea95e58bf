"""Reports and KPIs: asked for, received, decided on, and how contracts stand by them."""
