"""What several addresses of this room answer with, and who asks."""

from typing import Any

from rest_framework import serializers

from annotator.models import Proposal
from studies.permissions import Access, Permission, get_access_for, person
from taxonomy.models import Code


class CodeNameSerializer(serializers.ModelSerializer[Code]):
    class Meta:
        model = Code
        fields = ["id", "uid", "name"]


class ProposalNameSerializer(serializers.ModelSerializer[Proposal]):
    class Meta:
        model = Proposal
        fields = ["id", "name", "became"]


def access_of(view: Any, permission: Permission = Permission.VIEW_STUDY) -> Access:
    return get_access_for(person(view.request), view.kwargs["slug"], permission)
