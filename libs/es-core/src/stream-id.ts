const ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Ids of carts, orders, returns, customers, commands: 1 to 128 characters of `A-Za-z0-9._-`. */
export const isId = (text: string): boolean => ID.test(text);

/** The stream of one aggregate instance, `order-536365`. */
export const streamId = (category: string, id: string): string => `${category}-${id}`;

/** `order` of `order-536365`. */
export const categoryOf = (stream: string): string => stream.slice(0, Math.max(0, stream.indexOf('-')));

/** `536365` of `order-536365`. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
