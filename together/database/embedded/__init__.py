"""PostgreSQL without installing PostgreSQL: a cluster of its own in the data directory, run as a child process."""

from .cluster import Cluster
from .errors import DatabaseUnavailable
from .paths import socket_dir

__all__ = ["Cluster", "DatabaseUnavailable", "socket_dir"]
