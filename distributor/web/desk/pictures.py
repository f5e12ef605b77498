"""The pictures of proofs: exactly the bytes that would go out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from distributor.approvals.models import StoredMedia

# A picture is looked at, whatever its bytes could be taken for.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@login_required
@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """One stored picture, by the SHA-256 a proof names it by."""
    stored = StoredMedia.objects.filter(pk=sha256).first()
    if stored is None:
        raise Http404("There is no such picture.")
    return HttpResponse(bytes(stored.content), content_type=stored.mime, headers=_HARMLESS)
