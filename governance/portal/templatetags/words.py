"""How templates write numbers, dates and decisions."""

from django import template

register = template.Library()
