"""What the frame of resident pages needs: ``{% load residents %}``."""

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from renovation.styles import sheets

register = template.Library()


@register.simple_tag
def resident_styles() -> SafeString:
    """Links to the styles of a resident page."""
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(name),) for name in sheets()))


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> str:
    """A block of the page once more, where Django knows each only once: the title in the preview of a shared link."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return str(block.render(context)) if block else ""
