/** Made by `{}`, by `JSON.parse`, or without a prototype; in whatever realm. */
export const isPlain = (object: object): object is Readonly<Record<string, unknown>> => {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
