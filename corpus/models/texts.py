"""Texts as received, addressed by content, and their renderings."""

from django.db import models


class Text(models.Model):
    """Markdown as received, addressed by its SHA-256: immutable, and stored once however often it occurs."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    markdown = models.TextField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Rendering(models.Model):
    """A text as safe HTML, and the plain text of that HTML as a browser's textContent has it. A cache by content."""

    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="renderings")
    renderer = models.CharField(max_length=20)
    html = models.TextField()
    plain = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "renderer"], name="one_rendering_a_renderer")]

    def __str__(self) -> str:
        return f"{self.text_id} by {self.renderer}"
