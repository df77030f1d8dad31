/** Where clients find the server that listens on this port of 127.0.0.1. */
export const mongoUri = (port: number): string => `mongodb://127.0.0.1:${port}/ledgerline`;
