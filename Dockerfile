# docker build -t wordlab .      An image without torch; --build-arg EXTRAS=serve,torch adds the networks.
# docker run --rm -v "$PWD:/data" wordlab corpus build articles.txt -o corpus/
FROM python:3.11-slim AS build
ARG EXTRAS=serve,index,umap
COPY . /source
RUN python -m venv /opt/wordlab \
 && /opt/wordlab/bin/pip install --no-cache-dir --constraint /source/constraints.txt "/source[$EXTRAS]"

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 wordlab
COPY --from=build /opt/wordlab /opt/wordlab
ENV PATH=/opt/wordlab/bin:$PATH
USER wordlab
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=5)"]
ENTRYPOINT ["wordlab"]
