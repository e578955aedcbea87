"""Cursor pages."""

from rest_framework.pagination import CursorPagination


class UidCursorPagination(CursorPagination):
    """Newest first by id."""

    ordering = "id"
    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
