"""What the threads of a contact ask for, on the wire."""

from looplane.kit.paging import PageQuery


class ContactProjectsQuery(PageQuery):
    """Which part of the projects that a contact asks for."""


class ContactIssuesQuery(PageQuery):
    """Which part of the issues that a contact asks for."""
