"""Cleans HTML without holding up others."""

from looplane.kit.html import clean


class HtmlCleaner:
    async def clean(self, html: str) -> str:
        return clean(html)

    async def aclose(self) -> None:
        pass
