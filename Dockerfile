# The image: headgate on Node 24, in a root file system with nothing else in it (no shell, no package manager), as user 65532.
#
#   docker build -t headgate .
#   docker run --read-only -v ./etc:/etc/headgate:ro -v headgate:/var/lib/headgate -p 8080:8080 headgate
#
# The bill of materials is /opt/headgate/sbom.cdx.json. test/e2e/packed.test.ts runs the steps of the first stage.
ARG NODE_IMAGE=node:24-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /src
# The time of the commit: git log -1 --format=%ct
ARG SOURCE_DATE_EPOCH=0
ENV OUT=/out ROOTFS=/rootfs
COPY package.json package-lock.json ./
RUN npm install --no-save --no-audit --no-fund --ignore-scripts
COPY . .
RUN node deploy/pack.mjs --folder "$OUT"
RUN sh deploy/rootfs.sh "$OUT"/headgate-* "$ROOTFS"

FROM scratch
LABEL org.opencontainers.image.title="headgate" \
      org.opencontainers.image.description="Releases subscriber identity to the partners of a policy, and to nobody else" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /rootfs /
ENV PATH=/usr/local/bin:/nodejs/bin NODE_ENV=production
USER 65532:65532
WORKDIR /var/lib/headgate
VOLUME /var/lib/headgate
EXPOSE 8080 9464
# The default drain takes 30 s, and then some.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/nodejs/bin/node", "/opt/headgate/dist/cli/main.js"]
CMD ["serve", "--config", "/etc/headgate/headgate.yaml"]
