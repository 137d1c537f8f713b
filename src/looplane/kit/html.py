import nh3
def clean(html: str) -> str:
    return nh3.clean(html, link_rel="noopener noreferrer nofollow")
def is_blank(html: str) -> bool:
    return not nh3.clean(html, tags=set()).strip()
