"""The tokens that a study keeps for GitHub: named, never shown, with what is left of their quota. For leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from corpus import queries
from corpus.forms import TokenForm
from corpus.services.tokens import keep_token, remove_token
from studies.errors import Invalid
from studies.permissions import Access, Permission, open_study


def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_token(study=access.study, by=access.user, **form.cleaned_data)
            return redirect("tokens", slug)
        except Invalid as error:
            form.add_error(None, error)
    return tokens_page(request, access, form)


def tokens_page(request: HttpRequest, access: Access, form: TokenForm) -> HttpResponse:
    context = {"tokens": queries.tokens_of(access.study), "form": form}
    return render(request, "corpus/import_tokens.html", context, status=422 if form.errors else 200)


@require_POST
def token_remove(request: HttpRequest, slug: str, token_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.IMPORT_ISSUES)
    remove_token(token=queries.get_token(access.study, token_id), by=access.user)
    return redirect("tokens", slug)
