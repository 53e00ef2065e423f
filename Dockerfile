# The steps are the Makefile's own, so what CI ran is what the image runs.
#   docker build -t gand . && docker run --read-only -p 8080:8080 -v gand:/data gand
FROM swift:6.3-bookworm AS build
WORKDIR /src
RUN apt-get update -q && apt-get install -y -q --no-install-recommends make
# What changes seldom comes first: packages, then dependencies, then sources.
COPY Makefile Package.swift ./
COPY Config/packages.txt Config/
RUN make packages
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
RUN make build && strip .build/release/gand
RUN install -d -m 0770 /empty/data

FROM swift:6.3-bookworm-slim
RUN --mount=type=bind,source=Makefile,target=/tmp/gand/Makefile \
    --mount=type=bind,source=Config/packages.txt,target=/tmp/gand/Config/packages.txt \
    apt-get update -q && apt-get install -y -q --no-install-recommends make gawk ca-certificates && \
    cd /tmp/gand && make runtime-packages && \
    apt-get purge -y -q --auto-remove make gawk && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/.build/release/gand /usr/local/bin/gand
# A named volume takes over the owner of what it hides; group 0 lets any user id write.
COPY --from=build --chown=65532:0 /empty/data /data
# Nothing is written but below /data. Who may reach the port is decided by whoever publishes it; GAND_API_KEYS asks for
# keys.
ENV GAND_LISTEN=0.0.0.0:8080 GAND_DATA_DIR=/data GAND_ALLOW_ANONYMOUS=true
USER 65532:0
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["gand", "healthcheck"]
ENTRYPOINT ["gand"]
CMD ["serve"]
LABEL org.opencontainers.image.title="gand" \
    org.opencontainers.image.description="Generative adversarial networks as a service"
