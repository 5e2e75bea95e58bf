# Liaison for production, as a user without rights. Its file system may be read-only but for /tmp, and for the folder of
# an SQLite database if that is used. See docs/running.md.
FROM python:3.12-slim AS libraries
RUN python -m venv /opt/liaison
COPY requirements.lock ./
RUN /opt/liaison/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home liaison
COPY --from=libraries /opt/liaison /opt/liaison
WORKDIR /liaison
COPY manifest.json ./
COPY templates templates
COPY jobs jobs
COPY handlers handlers
COPY bot bot
ENV PATH=/opt/liaison/bin:$PATH PYTHONPATH=/liaison PYTHONUNBUFFERED=1
ENV LOG_FORMAT=json PORT=3000 MPLCONFIGDIR=/tmp/matplotlib
RUN python -m compileall -q bot handlers jobs
USER 10001
EXPOSE 3000
# Of the web process. A worker answers at PROBES_PORT.
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=5)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
