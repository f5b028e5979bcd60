FROM python:3.13-slim AS builder
COPY pyproject.toml .
# The dependencies alone: Downhill itself runs from its own folder.
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
 && python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir -r requirements.txt

FROM python:3.13-slim
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
