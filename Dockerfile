# One image for servers and worker: `cuelight run` starts both. Settings are in docs/configuration.md; it needs at least
# SECRET_KEY_BASE, CUELIGHT_PUBLIC_URL and DATABASE_URL, a proxy before it that speaks HTTPS, and that proxy's address in
# CUELIGHT_TRUSTED_PROXIES. The volume holds pictures and files, unless a bucket does.
#
#     docker build -t cuelight .
#     docker run -p 127.0.0.1:4000:4000 -v cuelight:/data --env-file studio.env cuelight

FROM node:20-slim AS pages
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend .
RUN npm run build -- --logLevel warn

FROM python:3.11-slim
WORKDIR /app
COPY requirements/cuelight.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/cuelight.txt
COPY pyproject.toml README.md LICENSE ./
COPY cuelight cuelight
COPY samples samples
COPY --from=pages /build/frontend/dist frontend/dist
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --editable . \
    && useradd --create-home cuelight && mkdir /data && chown cuelight /data
ENV CUELIGHT_ENV=production CUELIGHT_HOST=0.0.0.0 CUELIGHT_DATA_DIR=/data PORT=4000 PYTHONUNBUFFERED=1
USER cuelight
VOLUME /data
EXPOSE 4000
# Only the studio's own name is answered to.
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import http.client as h, os, urllib.parse as p; \
c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=5); \
c.request('GET', '/healthz', headers={'Host': p.urlsplit(os.environ['CUELIGHT_PUBLIC_URL']).netloc, 'X-Forwarded-Proto': 'https'}); \
exit(c.getresponse().status >= 400)"]
CMD ["cuelight", "run"]
