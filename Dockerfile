# Web server and worker are the same image; docker-compose.yml says which command each runs.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    INTERCODER_DATA=/data \
    INTERCODER_BUILD=/srv/build

RUN useradd --create-home --uid 1000 intercoder \
    && install --directory --owner=intercoder --group=intercoder /data /srv/build

WORKDIR /srv/intercoder
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock
COPY . .

USER intercoder
# The key of this step is used for nothing else: the real one comes from the environment at start.
RUN SECRET_KEY=build python -m config.prepare --assets

VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
