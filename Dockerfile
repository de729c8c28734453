# The images of sidecar and operator for builders that have a Docker engine:
#
#   docker build --target sidecar --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" .
#
# `npm run images` writes the same files as image tars and needs no engine; see docs/images.md.

# Its Node is the one of the development dependency `node`, with which all tests run.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN ["node_modules/.bin/node", "build/images/lay-out.ts", "/layout"]

FROM scratch AS sidecar
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="llm-fallback sidecar" \
      org.opencontainers.image.description="Answers an app's calls to large language models and walks a fallback chain over providers." \
      org.opencontainers.image.source="https://github.com/llm-fallback/llm-fallback" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The first layer of both images is the same.
COPY --from=build /layout/runtime/ /
COPY --from=build /layout/sidecar/ /
USER 65532:65532
ENV MALLOC_ARENA_MAX=1
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=300", "--no-maglev", "--invocation-count-for-turbofan=5000", "--expose-gc", "/app/sidecar.js"]

FROM scratch AS operator
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="llm-fallback operator" \
      org.opencontainers.image.description="Validates, compiles and pushes fallback policies to every sidecar of a cluster." \
      org.opencontainers.image.source="https://github.com/llm-fallback/llm-fallback" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /layout/runtime/ /
COPY --from=build /layout/operator/ /
USER 65532:65532
ENV MALLOC_ARENA_MAX=1
ENV MALLOC_MMAP_THRESHOLD_=8192
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=300", "--no-maglev", "--invocation-count-for-turbofan=5000", "--expose-gc", "/app/operator.js"]
