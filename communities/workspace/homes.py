"""Buildings, homes and owners of a community, owners masked; opening one asks for a reason and is recorded (N-06)."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities import actions, queries
from communities.access import may_keep
from communities.models import Person
from communities.rules.masks import mask_id, mask_name, mask_phone
from communities.workspace.frame import community_or_404, show_refusal, status_of
from offices.clock import now
from offices.workspace.personal import RevealForm
from policies.refusal import Refused

PAGE = 100


@login_required
@require_safe
def homes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Homes by building with masked owners."""
    community = community_or_404(request, uid)
    page = Paginator(queries.homes_of(community), PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community,
        "page": page,
        "rows": [
            (home, [(own, masked(own.person)) for own in getattr(home, "open_ones", ())]) for home in page.object_list
        ],
        "may_keep": may_keep(request.user, community),
        "without_area": queries.homes_of(community).filter(private_area__isnull=True).count(),
        "crumbs": [
            {"label": "小区", "url": reverse("communities:list")},
            {"label": community.name, "url": reverse("communities:detail", args=[uid])},
            {"label": "楼栋与房屋"},
        ],
    }
    return render(request, "staff/communities/homes.html", context)


def masked(person: Person) -> dict[str, str]:
    """A person's values as lists show them; organisations carry their name."""
    natural = person.kind == Person.Kind.NATURAL
    return {
        "name": mask_name(person.name) if natural else person.name,
        "id_number": mask_id(person.id_number),
        "phone": mask_phone(person.phone),
    }


@login_required
@never_cache
def reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the reason; then show the values, once."""
    person = get_object_or_404(Person.objects.select_related("community__division"), uid=uid)
    community = community_or_404(request, person.community.uid)
    form = RevealForm(request.POST or None)
    context = {
        "community": community,
        "person": person,
        "masked": masked(person),
        "form": form,
        "may_keep": may_keep(request.user, community),
        "crumbs": [
            {"label": community.name, "url": reverse("communities:detail", args=[community.uid])},
            {"label": "楼栋与房屋", "url": reverse("communities:homes", args=[community.uid])},
            {"label": "查看业主信息"},
        ],
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.reveal_person(by=request.user, at=now(), person=person, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Refused as error:
            context |= show_refusal(form, error)
        else:
            context["opened"] = True
    status = 200 if context.get("opened") else status_of(request, context)
    return render(request, "staff/communities/person.html", context, status=status)
