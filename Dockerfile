# The image of every component: the sources, the packaged Node and git; no shell, no package manager, no root.
# It writes nothing outside the volumes it is given, so its root file system may be read-only.

FROM node:24-trixie-slim AS app
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one install script that is allowed puts Node's binary in place.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm rebuild node
COPY LICENSE ./
COPY src ./src

FROM debian:trixie-slim AS system
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git
COPY --from=app /app/node_modules/node/bin/node /usr/local/bin/node
# git with what it starts over HTTPS, and the libraries that it and Node load.
RUN set -eu; \
  exec_path=/usr/lib/git-core; \
  mkdir -p /rootfs/etc/ssl/certs /rootfs/usr/bin /rootfs$exec_path; \
  cp -L /usr/bin/git /rootfs/usr/bin/git; \
  for name in git git-remote-http git-remote-https; do cp -L $exec_path/$name /rootfs$exec_path/$name; done; \
  cp -r --parents /usr/share/git-core/templates /rootfs; \
  cp -L /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/; \
  ldd /usr/bin/git $exec_path/git-remote-https /usr/local/bin/node | grep -o '/[^ :)]*\.so[^ :)]*' | sort -u | \
    while read -r library; do cp -L --parents "$library" /rootfs; done; \
  echo 'cutwater:x:65532:65532::/tmp:/nonexistent' >/rootfs/etc/passwd; \
  echo 'cutwater:x:65532:' >/rootfs/etc/group; \
  echo 'hosts: files dns' >/rootfs/etc/nsswitch.conf; \
  install -d -m 1777 /rootfs/tmp; \
  install -d -o 65532 -g 65532 -m 700 /rootfs/var/lib/cutwater

FROM scratch
COPY --from=system /rootfs /
COPY --from=app /app /app
ENV HOME=/tmp XDG_CACHE_HOME=/tmp/cache PATH=/usr/bin GIT_TERMINAL_PROMPT=0
WORKDIR /var/lib/cutwater
USER 65532:65532
EXPOSE 8080 8081 8888 9090
# As bin/cutwater does for all but hook, for which config/k8s/hook.yaml says it.
ENTRYPOINT ["/app/node_modules/node/bin/node", "--max-semi-space-size=8", "--disable-warning=ExperimentalWarning", "/app/src/main.ts"]
