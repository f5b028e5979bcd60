# Python 3.13.15 on Debian trixie; docker buildx imagetools inspect python:3.13-slim tells the newest digest.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS base

FROM base AS builder
COPY requirements.lock .
# The dependencies alone: Downhill itself runs from its own folder.
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r requirements.lock

FROM base
RUN useradd --system --no-create-home --shell /usr/sbin/nologin downhill
COPY --from=builder /opt/venv /opt/venv
WORKDIR /srv/downhill
COPY app app
COPY static static
COPY templates templates
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER downhill
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "app", "--host", "0.0.0.0", "--no-browser"]
