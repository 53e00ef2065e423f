# The steps are the Makefile's own, so what CI ran is what the image runs.
FROM swift:6.3-bookworm AS build
WORKDIR /src
RUN apt-get update -q && apt-get install -y -q --no-install-recommends make
COPY Makefile Package.swift ./
COPY Config Config
RUN make packages
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
RUN make build
RUN install -d -m 0770 /empty/data

FROM swift:6.3-bookworm-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends make gawk
COPY Makefile /tmp/gand/
COPY Config /tmp/gand/Config
RUN cd /tmp/gand && make runtime-packages && rm -rf /tmp/gand /var/lib/apt/lists/*
COPY --from=build /src/.build/release/gand /usr/local/bin/gand
# A named volume takes over the owner of what it hides; group 0 lets any user id write.
COPY --from=build --chown=65532:0 /empty/data /data
ENV GAND_LISTEN=0.0.0.0:8080 GAND_DATA_DIR=/data GAND_ALLOW_ANONYMOUS=true
USER 65532:0
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["gand", "healthcheck"]
ENTRYPOINT ["gand"]
CMD ["serve"]
