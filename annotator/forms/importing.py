"""The forms of an import of codings: the file, what its columns mean, and who its raters are."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms

from annotator.files import Form, Mapping, Pair, Source
from annotator.files.mapping import FORMS, PARTS, SEPARATORS, Part
from annotator.states import Outcome, UnknownCodes
from corpus.forms import ENCODINGS, encodings_with
from studies.models import Membership, Study
from taxonomy.models import Purpose
from taxonomy.queries import published_versions

# Beside those that were guessed, so many pairs can be added.
MORE_PAIRS = 2
MOST_PAIRS = 12
WORDS: dict[str, str] = {
    Outcome.NONE: "Words that say none of these codes",
    Outcome.UNCLEAR: "Words that say unclear",
    Outcome.OFF_TOPIC: "Words that say not about our topic",
    Outcome.SKIPPED: "Words that say skipped",
}
LONG_PARTS = (Part.RATER, Part.CODES, Part.MEMO)
ISSUE_PARTS = (Part.ISSUE, Part.REPOSITORY, Part.TITLE, Part.TEXT)
FINAL_PARTS = (Part.FINAL, Part.CONFLICT, Part.REASON)


class CodingsFileForm(forms.Form):
    file = forms.FileField(
        label="File of codings",
        help_text="A table (.csv, .tsv, .xlsx), Label Studio’s JSON or doccano’s JSONL, also packed (.gz, .zst, .zip).",
        error_messages={"empty": "This file is empty.", "required": "Choose a file of codings."},
    )


class MappingForm(forms.Form):
    """One choice of a column for each part, who the raters are by the form of the file, and what is no code."""

    def __init__(self, source: Source, mapping: Mapping, study: Study, data: Any = None) -> None:
        super().__init__(data)
        self.source, self.mapping = source, mapping
        self.columns = [("", "not in this file"), *((name, name) for name in source.names)]
        self.fields["form"] = forms.ChoiceField(
            label="The file has", choices=list(FORMS.items()), widget=forms.RadioSelect, initial=mapping.form
        )
        for part, label in PARTS.items():
            self.column(part, label, mapping.parts.get(part, ""))
        self.raters()
        self.words()
        self.places()
        self.taxonomy(study)

    def column(self, name: str, label: str, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=self.columns, required=False, initial=initial)

    def raters(self) -> None:
        self.fields["rater_name"] = forms.CharField(
            label="Who coded all of it", required=False, max_length=120, initial=self.mapping.rater,
            help_text="Where no column names the rater.",
        )  # fmt: skip
        self.fields["raters"] = forms.MultipleChoiceField(
            label="Columns that hold a rater’s codes", required=False, choices=self.columns[1:],
            widget=forms.CheckboxSelectMultiple, initial=self.mapping.raters,
            help_text="The rater is called as the column is.",
        )  # fmt: skip
        self.pairs = min(len(self.mapping.pairs) + MORE_PAIRS, max(MOST_PAIRS, len(self.mapping.pairs)))
        for place in range(self.pairs):
            pair = self.mapping.pairs[place] if place < len(self.mapping.pairs) else Pair("", "")
            self.column(f"pair{place}_rater", f"Rater {place + 1}", pair.rater)
            self.column(f"pair{place}_codes", f"Codes of rater {place + 1}", pair.codes)

    def words(self) -> None:
        self.fields["separator"] = forms.ChoiceField(
            label="Several codes in a cell", required=False, choices=list(SEPARATORS.items()),
            initial=self.mapping.separator,
        )  # fmt: skip
        by_outcome = {
            outcome: [word for word, of in self.mapping.outcomes.items() if of == outcome] for outcome in WORDS
        }
        for outcome, label in WORDS.items():
            self.fields[f"word_{outcome}"] = words_field(label, by_outcome[outcome])
        self.fields["nothing"] = words_field("Cells that say nothing, beside empty ones", self.mapping.nothing)

    def places(self) -> None:
        self.fields["repository_name"] = forms.CharField(
            label="Repository of numbers", required=False, max_length=260, initial=self.mapping.repository,
            help_text="As owner/name, where the issue’s column holds numbers alone.",
        )  # fmt: skip
        self.fields["items"] = forms.CharField(
            label="Name for keys", required=False, max_length=150, initial=self.mapping.items,
            help_text="What has neither an address nor a repository is kept as elsewhere/name.",
        )  # fmt: skip
        if self.source.encoding:
            self.fields["encoding"] = forms.ChoiceField(
                label="Encoding", choices=list(encodings_with(self.source.encoding).items()),
                initial=self.source.encoding,
            )  # fmt: skip

    def taxonomy(self, study: Study) -> None:
        versions = [(str(row.pk), str(row)) for row in published_versions(study).filter(taxonomy__kind=Purpose.CODING)]
        self.fields["unknown"] = forms.ChoiceField(
            label="Codes that the taxonomy has not", widget=forms.RadioSelect, initial=UnknownCodes.NEW,
            choices=UnknownCodes.choices if versions else UnknownCodes.choices[:1],
        )  # fmt: skip
        self.fields["name"] = forms.CharField(
            label="Name of the new taxonomy", required=False, max_length=200,
            initial=f"Codes of {self.mapping.items or self.source.name}",
        )  # fmt: skip
        if versions:
            self.fields["version"] = forms.ChoiceField(
                label="Taxonomy that is there", required=False, choices=[("", "none"), *versions]
            )

    def group(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def issue_fields(self) -> list[forms.BoundField]:
        return self.group(*ISSUE_PARTS, "repository_name", "items")

    @property
    def long_fields(self) -> list[forms.BoundField]:
        return self.group(*LONG_PARTS, "rater_name")

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return self.group("raters")

    @property
    def pair_fields(self) -> Iterator[list[forms.BoundField]]:
        for place in range(self.pairs):
            yield self.group(f"pair{place}_rater", f"pair{place}_codes")

    @property
    def final_fields(self) -> list[forms.BoundField]:
        return self.group(*FINAL_PARTS)

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return self.group("separator", "nothing", *(f"word_{outcome}" for outcome in WORDS), "encoding")

    @property
    def taxonomy_fields(self) -> list[forms.BoundField]:
        return self.group("unknown", "name", "version")

    def chosen(self) -> Mapping:
        told = self.cleaned_data
        long, paired = told["form"] == Form.LONG, told["form"] == Form.PAIRS
        kept = [part for part in PARTS if told[part] and (long or part not in LONG_PARTS)]
        pairs = [Pair(told[f"pair{n}_rater"], told[f"pair{n}_codes"]) for n in range(self.pairs)] if paired else []
        return replace(
            self.mapping,
            form=told["form"],
            parts={str(part): told[part] for part in kept},
            raters=tuple(told["raters"]) if told["form"] == Form.COLUMNS else (),
            pairs=tuple(pair for pair in pairs if pair.rater or pair.codes),
            rater=told["rater_name"] if long and not told[Part.RATER] else "",
            separator=told["separator"],
            nothing=tuple(words_in(told["nothing"])),
            outcomes={word: str(outcome) for outcome in WORDS for word in words_in(told[f"word_{outcome}"])},
            repository=told["repository_name"],
            items=told["items"],
            encoding=told.get("encoding", ""),
        )

    def target(self) -> dict[str, Any]:
        told = self.cleaned_data
        version = told.get("version")
        return {"unknown": told["unknown"], "name": told["name"], "version": int(version) if version else None}


def words_field(label: str, initial: Any) -> forms.CharField:
    return forms.CharField(label=f"{label}, by commas", required=False, max_length=500, initial=", ".join(initial))


def words_in(told: str) -> list[str]:
    return [word for part in told.split(",") if (word := " ".join(part.split()).casefold())]


class RatersForm(forms.Form):
    """Who each rater of a file is: a member, or a placeholder."""

    PLACEHOLDER = "placeholder"

    def __init__(self, raters: list[dict[str, Any]], members: list[Membership], data: Any = None) -> None:
        super().__init__(data)
        self.names = {f"rater{place}": rater["name"] for place, rater in enumerate(raters)}
        choices = [(self.PLACEHOLDER, "nobody here yet: a placeholder")]
        choices += [(str(member.pk), f"{member.user} ({member.alias})") for member in members]
        for place, rater in enumerate(raters):
            self.fields[f"rater{place}"] = forms.ChoiceField(
                label=f"{rater['name']}: {rater['codings']} codings", choices=choices,
                initial=str(rater["member"] or self.PLACEHOLDER),
            )  # fmt: skip

    def raters(self) -> dict[str, int | None]:
        said = {name: self.cleaned_data[field] for field, name in self.names.items()}
        return {name: None if pk == self.PLACEHOLDER else int(pk) for name, pk in said.items()}


def known_encoding(name: str) -> str:
    return name if name in ENCODINGS else ""
