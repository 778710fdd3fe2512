"""The checks of the deployment files, one module each."""
