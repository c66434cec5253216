"""The cluster in one look, from what the database knows: for the live page and the command line.

Unlike ``cluster.status``, which is what one node sees, this gathers what every node said of itself.
"""

from cluster.overview.difference import differences
from cluster.overview.look import NEWS_SHOWN, NodeView, Overview, look
from cluster.overview.news import NewsItem, recent_news

__all__ = ["NEWS_SHOWN", "NewsItem", "NodeView", "Overview", "differences", "look", "recent_news"]
