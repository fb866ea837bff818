"""Which format a file is in is told by its content and its name; every format has its words."""

import subprocess
import sys

import pytest

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import FORMATS, file_name, read, recognise, writable, write
from taxonomy.queries import CodeRecord
from taxonomy.services.structure import MAX_BYTES
from tests.house import ROOT

BOOK = Codebook("Reüse, of models", [CodeRecord(uid=None, parent=None, name="A")], version="2")


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b'{"codes": []}', "", "json"),
        (b'{"codes": []}', "codes.yaml", "json"),
        (b"codes:\n- name: A", "", "yaml"),
        (b"# ours\nname: Reuse\ncodes: []", "codes.csv", "yaml"),
        (b"name,parent\n", "", "csv"),
        (b"name\nA", "codes.txt", "csv"),
        (b'[{"text": "A"}]', "", "doccano"),
        (b'{"@context": {}}', "x.json", "jsonld"),
        (b"@prefix a: <b> .", "", "ttl"),
        (b"<?xml version='1.0'?><x:CodeBook xmlns:x='y'/>", "", "qdc"),
        (b"<View><Choices/></View>", "codes.qdc", "label-studio"),
        (b"PK\x03\x04", "codes.csv", "xlsx"),
        ("\ufeffname;parent".encode("utf-16-le"), "", "csv"),
        (b"", "codes.json", "json"),
        (b"", "codes.YML", "yaml"),
    ],
    ids=range(15),
)
def test_format_is_told_by_content_before_name(content, name, key):
    assert recognise(content, name).key == key


def test_file_of_no_known_kind_is_refused_with_the_kinds_there_are():
    with pytest.raises(Invalid) as refused:
        read(b"%PDF-1.7", "codebook.pdf")
    assert refused.value.messages == [
        "What kind of file this is cannot be told. Use one of Excel workbook, REFI-QDA codebook, "
        "Label Studio's configuration, doccano's labels, SKOS, Turtle, SKOS, JSON-LD, YAML, JSON, CSV."
    ]


@pytest.mark.parametrize("name", ["x.json", "x.yaml", "x.csv", "x.xlsx", "x.ttl", "x.jsonld", "x.qdc", "x.xml"])
def test_file_that_is_too_large_is_refused_unread(name):
    with pytest.raises(Invalid, match="The file is larger than 2 MB"):
        read(b" " * (MAX_BYTES + 1), name)


def test_names_of_files_say_what_is_in_them():
    assert [file_name(BOOK, found.key) for found in writable()] == [
        "reuse-of-models-version-2.xlsx", "reuse-of-models-version-2.qdc", "reuse-of-models-version-2.ttl",
        "reuse-of-models-version-2.jsonld", "reuse-of-models-version-2.yaml", "reuse-of-models-version-2.json",
        "reuse-of-models-version-2.csv",
    ]  # fmt: skip
    assert file_name(Codebook("漢", []), "yaml") == "taxonomy-draft.yaml"


def test_every_format_is_described_where_people_look():
    text = (ROOT / "docs" / "taxonomy-files.md").read_text()
    assert [found.label for found in FORMATS.values() if found.label not in text] == []
    assert all(found.purpose for found in writable())


def test_heavy_libraries_come_with_the_format_that_needs_them():
    ask = (
        "import django, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings_test'; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "from taxonomy.exchange.formats import FORMATS\n"
        "print('rdflib' in sys.modules); FORMATS['ttl'].function('read_turtle'); print('rdflib' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]


def test_what_is_written_is_what_the_format_writes():
    assert write(Codebook("R", []), "csv").decode("utf-8-sig").startswith("uid,parent,path,name,definition")
