"""The networks, one file each with a function `build`; `models.NETWORKS` lists them."""
