"""The full-text index, what the list counts by, and both of them for the issues that are there already."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from corpus import fulltext, words


def create_index(apps, editor):
    for statement in fulltext.CREATE[editor.connection.vendor]:
        editor.execute(statement)


def drop_index(apps, editor):
    editor.execute("DROP TABLE corpus_words")


def index_all(apps, editor):
    """A few issues at a time: their words can be many."""
    ids = list(apps.get_model("corpus", "Issue").objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        index_some(apps, ids[start : start + 500])


def index_some(apps, ids):
    model = lambda name: apps.get_model("corpus", name).objects  # noqa: E731
    comments = {pk: [] for pk in ids}
    for issue_id, text in model("Comment").filter(issue__in=ids).values_list("issue_id", "text__markdown"):
        comments[issue_id].append(text)
    facts, labels, rows = [], [], []
    for issue in model("Issue").filter(pk__in=ids).select_related("body", "repository"):
        texts = [issue.body.markdown, *comments[issue.pk]]
        facts.append(
            model("IssueFacts").model(
                issue=issue,
                study_id=issue.repository.study_id,
                comments=len(texts) - 1,
                has_code=any(map(words.has_code, texts)),
                has_images=any(map(words.has_image, texts)),
            )
        )
        labels += [model("IssueLabel").model(issue=issue, name=name) for name in sorted(set(issue.labels))]
        rows.append((issue.pk, words.searched([issue.title]), words.searched(texts)))
    model("IssueFacts").bulk_create(facts)
    model("IssueLabel").bulk_create(labels)
    fulltext.write_words(rows)


class Migration(migrations.Migration):

    dependencies = [
        ('corpus', '0001_initial'),
        ('studies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CorpusVersion',
            fields=[
                ('study', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='corpus_version', serialize=False, to='studies.study')),
                ('stamp', models.UUIDField(default=uuid.uuid4)),
            ],
        ),
        migrations.CreateModel(
            name='IssueFacts',
            fields=[
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='facts', serialize=False, to='corpus.issue')),
                ('comments', models.PositiveIntegerField()),
                ('has_code', models.BooleanField()),
                ('has_images', models.BooleanField()),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='studies.study')),
            ],
        ),
        migrations.CreateModel(
            name='IssueLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='label_rows', to='corpus.issue')),
            ],
            options={
                'indexes': [models.Index(fields=['name', 'issue'], name='issues_by_label')],
                'constraints': [models.UniqueConstraint(fields=('issue', 'name'), name='one_row_a_label')],
            },
        ),
        migrations.RunPython(create_index, drop_index, elidable=False),
        migrations.RunPython(index_all, migrations.RunPython.noop, elidable=True),
    ]
