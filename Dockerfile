# Builds lbex, and installs it with Debian's NGINX and its njs module. docs/install.md describes how to run it.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
ARG SOURCE_DATE_EPOCH=0
RUN npm run package -- prefix /out/usr

# The digest fixes the files of the release; the upgrade brings the security fixes since then.
FROM debian:13.7-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f
RUN apt-get update \
    && apt-get upgrade -y \
    && apt-get install -y --no-install-recommends nginx libnginx-mod-stream libnginx-mod-stream-js iproute2 libcap2-bin \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 65532 --user-group --home-dir /var/lib/lbex --create-home --shell /usr/sbin/nologin lbex
COPY --from=build /out/ /
# A non-root user needs this to listen on ports below 1024: containers have no ambient capabilities.
RUN setcap cap_net_bind_service=ep /usr/sbin/nginx \
    && setcap cap_net_bind_service=ep /usr/lib/lbex/node

ENV LBEX_NGINX_DIR=/var/lib/lbex/nginx
VOLUME ["/var/lib/lbex"]
USER 65532:65532
EXPOSE 7331
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["/usr/lib/lbex/node", "-e", "fetch(`http://127.0.0.1:${process.env.LBEX_HEALTH_PORT ?? 7331}/`).then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/lbex"]
CMD ["run"]
