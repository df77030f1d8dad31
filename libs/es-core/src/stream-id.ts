/** Ids of aggregates, subjects, commands. Paths and files have other meanings for one or two dots alone. */
export const ID_PATTERN = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;
export const ID_RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - and not be . or ..';

export const isId = (text: string): boolean => ID_PATTERN.test(text);

/** The stream of one aggregate instance, `parcel-536365`. */
export const streamId = (category: string, id: string): string => `${category}-${id}`;

/** `order` of `parcel-536365`. */
export const categoryOf = (stream: string): string => stream.slice(0, Math.max(0, stream.indexOf('-')));

/** `536365` of `parcel-536365`. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
