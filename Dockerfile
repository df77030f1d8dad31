# One image for all services and the command line; what runs is the container's command.
FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci \
  && npx tsc -b apps/order-service apps/payment-service apps/projection-service apps/cli \
  && npm prune --omit=dev

FROM node:20.19.5-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps ./apps
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=32", "--max-old-space-size=768"]
